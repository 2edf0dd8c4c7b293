#pragma once

#include "audio/bytes.h"
#include "higgins/result.h"

namespace higgins::audio {

/// Walks the pages of an ogg file and refuses one that ends within a page: a decoder would silently give the
/// part before. A file that ends between two pages passes even without an end-of-stream mark, as live
/// recorders leave it. Errors: kBadAudio.
Result<void> CheckOggPages(Bytes bytes);

}  // namespace higgins::audio
