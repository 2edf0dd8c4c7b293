// The TLS context: 1.2 and 1.3, the system's ciphers without the old ones, no compression, no renegotiation.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "higgins/result.h"

namespace higgins::server::http {

/// Errors: kInvalidArgument with the file and what OpenSSL says about it.
Result<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(const std::string& certificate_file,
                                                                  const std::string& key_file);

}  // namespace higgins::server::http
