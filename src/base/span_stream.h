// Bytes that somebody else owns, as a stream: what std::ispanstream is in C++23. A string stream would copy
// them.
#pragma once

#include <cstddef>
#include <istream>
#include <span>
#include <streambuf>

namespace higgins {

class SpanBuffer : public std::streambuf {
 public:
  explicit SpanBuffer(std::span<const std::byte> bytes) {
    // A stream buffer has no pointers to const; this one offers nothing to write.
    auto* begin = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));  // NOLINT
    setg(begin, begin, begin + bytes.size());
  }

 protected:
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode which) override {
    const char* origin = from == std::ios_base::beg ? eback() : from == std::ios_base::cur ? gptr() : egptr();
    const bool is_inside = offset >= eback() - origin && offset <= egptr() - origin;
    if (!is_inside || (which & std::ios_base::in) == 0) return pos_type(off_type(-1));
    const auto position = origin + offset - eback();
    setg(eback(), eback() + position, egptr());
    return pos_type(position);
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode which) override {
    return seekoff(off_type(position), std::ios_base::beg, which);
  }
};

/// Must not outlive `bytes`.
class SpanStream : private SpanBuffer, public std::istream {
 public:
  explicit SpanStream(std::span<const std::byte> bytes) : SpanBuffer(bytes), std::istream(this) {}
};

}  // namespace higgins
