// What can fail returns Result<T>. The member names are those of std::expected (C++23), so that the type can
// be replaced by it one day without touching a caller. The library never prints, exits or throws across this
// boundary.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace higgins {

/// Why a request could not be served. The numeric values are part of the C ABI and of the CLI's exit codes:
/// append only.
enum class ErrorCode {
  kInvalidArgument = 1,   ///< an option or a text that cannot be used
  kBadAudio = 2,          ///< the bytes are not audio, or are truncated or damaged
  kUnsupportedAudio = 3,  ///< a container, codec or rate that this build does not read
  kAudioTooLong = 4,      ///< longer than the limit in the options
  kAudioTooShort = 5,     ///< too short for the text
  kNoSpeech = 6,          ///< silence, or nothing that is speech
  kBadPack = 7,           ///< a pack that is missing, damaged or does not fit this engine
  kNotFound = 8,          ///< a file that does not exist or cannot be read
  kInternal = 9,          ///< a defect of ours, or of a library under us
};

struct Error {  // NOLINT(clang-analyzer-core.uninitialized.Assign): it loses track of a moved std::variant
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  ///< one line: what was wrong, with expected and actual, and what to do
};

/// A stable name for programs: "bad_audio", "no_speech", ...
const char* ErrorCodeName(ErrorCode code);

template <typename T>
class [[nodiscard]] Result {
 public:
  // NOLINTBEGIN(google-explicit-constructor): `return value;` and `return error;` are the point of it.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// Only when has_value().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// Only when !has_value().
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT(google-explicit-constructor)
  bool has_value() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const { return error_; }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace higgins
