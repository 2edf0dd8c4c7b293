#include "transports/server/http/tls.h"

#include <openssl/ssl.h>

#include <string_view>

namespace higgins::server::http {
namespace {

// Only HTTP/1.1 is spoken: a client that offers h2 must not think that it got it (RFC 7301).
int SelectProtocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void* /*context*/) {
  static constexpr std::string_view kHttp11("\x08http/1.1");
  unsigned char* chosen = nullptr;
  const int result =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(kHttp11.data()),
                            static_cast<unsigned int>(kHttp11.size()), offered, offered_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

Error Bad(const std::string& file, const boost::system::error_code& error) {
  return {ErrorCode::kInvalidArgument, file + ": " + error.message()};
}

}  // namespace

Result<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(const std::string& certificate_file,
                                                                  const std::string& key_file) {
  namespace ssl = boost::asio::ssl;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                       ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::no_compression);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_cipher_list(context->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_alpn_select_cb(context->native_handle(), SelectProtocol, nullptr);
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate_file, error);
  if (error) return Bad(certificate_file, error);
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return Bad(key_file, error);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return Error{ErrorCode::kInvalidArgument, key_file + ": is not the key of " + certificate_file};
  return context;
}

}  // namespace higgins::server::http
