#include "higgins/assessor.h"

#include <utility>

#include "acoustic/openvino/openvino_acoustic_model.h"
#include "engine/assess.h"
#include "engine/assessor_impl.h"
#include "engine/guard.h"
#include "engine/model_source.h"
#include "engine/prompts.h"

namespace higgins {
namespace {

Result<Report> TakeReport(Result<Measurement> measurement) {
  if (!measurement) return measurement.error();
  return std::move(measurement->report);
}

std::string Arpabet(const PhoneSet& phones, const Pronunciation& pronunciation) {
  std::string out;
  for (const Phone& phone : pronunciation.phones) {
    out += (out.empty() ? "" : " ") + phones.name(phone.label);
    if (phone.stress >= 0) out += std::to_string(phone.stress);
  }
  return out;
}

std::string Ipa(const Advice& advice, const Pronunciation& pronunciation) {
  std::string out;
  for (const Phone& phone : pronunciation.phones) out += advice.Ipa(phone);
  return out;
}

}  // namespace

Assessor::Assessor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Assessor::Assessor(Assessor&&) noexcept = default;
Assessor& Assessor::operator=(Assessor&&) noexcept = default;
Assessor::~Assessor() = default;

Result<Assessor> Assessor::Open(const std::filesystem::path& pack_directory, const AssessorOptions& options) {
  return Guard([&]() -> Result<Assessor> {
    Result<Pack> pack = LoadPack(FolderSource(pack_directory), options);
    if (!pack) return pack.error();
    return Assessor(std::make_unique<Impl>(Impl{*std::move(pack)}));
  });
}

Result<Report> Assessor::Assess(std::span<const std::byte> audio, std::string_view text,
                                const AssessOptions& options) const {
  return TakeReport(Measure(audio, text, {}, options));
}

Result<Report> Assessor::Assess(const PcmView& pcm, std::string_view text,
                                const AssessOptions& options) const {
  return Guard([&] {
    return TakeReport(higgins::Assess(
        impl_->pack, {.encoded = {}, .pcm = &pcm, .text = text, .labels = {}, .options = options}));
  });
}

Result<Measurement> Assessor::Measure(std::span<const std::byte> audio, std::string_view text,
                                      std::span<const WordPhones> labels,
                                      const AssessOptions& options) const {
  return Guard([&] {
    return higgins::Assess(
        impl_->pack, {.encoded = audio, .pcm = nullptr, .text = text, .labels = labels, .options = options});
  });
}

Result<std::vector<WordPronunciations>> Assessor::Phones(std::string_view text,
                                                         const AssessOptions& options) const {
  return Guard([&]() -> Result<std::vector<WordPronunciations>> {
    const Pack& pack = impl_->pack;
    const Result<Prompt> prompt = LookupPrompt(pack, text, options.pronunciations);
    if (!prompt) return prompt.error();
    std::vector<WordPronunciations> out;
    for (const PromptWord& word : prompt->words) {
      WordPronunciations entry{word.text, word.char_begin, word.char_end, {}};
      for (const Pronunciation& pronunciation : word.pronunciations) {
        entry.variants.push_back(
            {Arpabet(pack.phone_set, pronunciation), Ipa(pack.advice, pronunciation), pronunciation.source});
      }
      out.push_back(std::move(entry));
    }
    return out;
  });
}

const PackInfo& Assessor::pack() const { return impl_->pack.info; }

const char* EngineVersion() { return HIGGINS_VERSION; }

const char* InferenceRuntime() { return acoustic::OpenVinoVersion(); }

}  // namespace higgins
