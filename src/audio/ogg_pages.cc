// RFC 3533: a page is a header of 27 bytes, a table of `segments` byte lengths and the bodies they describe.
#include "audio/ogg_pages.h"

#include <string>

namespace higgins::audio {

Result<void> CheckOggPages(Bytes bytes) {
  constexpr std::size_t kHeaderBytes = 27;
  std::size_t offset = 0;
  while (HasTag(bytes, offset, "OggS")) {
    const std::size_t num_segments = ReadUint(bytes, offset + 26, 1);
    std::size_t page_bytes = kHeaderBytes + num_segments;
    for (std::size_t i = 0; i < num_segments; ++i)
      page_bytes += ReadUint(bytes, offset + kHeaderBytes + i, 1);
    const std::size_t present = bytes.size() - offset;
    if (page_bytes > present) {
      return Error{ErrorCode::kBadAudio, "the ogg is truncated: its last page needs " +
                                             std::to_string(page_bytes) + " bytes, " +
                                             std::to_string(present) + " are there"};
    }
    offset += page_bytes;
  }
  // Fewer bytes than a tag are a cut; other strays (a tag appended by a tool) are the decoder's to skip.
  if (bytes.size() - offset > 0 && bytes.size() - offset < 4) {
    return Error{ErrorCode::kBadAudio, "the ogg is truncated: it ends within a page header"};
  }
  return {};
}

}  // namespace higgins::audio
