// A client of bytes, to look at the server from outside.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace higgins::server::testing {

class SocketClient {
 public:
  explicit SocketClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval timeout{.tv_sec = 20, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    is_open_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;
  ~SocketClient() { ::close(socket_); }

  bool is_open() const { return is_open_; }

  void Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Up to and with `end`; less when the connection ends before.
  std::string ReadUntil(std::string_view end) {
    while (true) {
      const std::size_t found = received_.find(end);
      if (found != std::string::npos) return Take(found + end.size());
      if (!Receive()) return Take(received_.size());
    }
  }
  std::string ReadBytes(std::size_t size) {
    while (received_.size() < size && Receive()) {
    }
    return Take(std::min(size, received_.size()));
  }
  std::string ReadAll() {
    while (Receive()) {
    }
    return Take(received_.size());
  }

  /// One response with a Content-Length: status and body.
  std::pair<int, std::string> ReadResponse() {
    const std::string head = ReadUntil("\r\n\r\n");
    if (head.size() < 12) return {0, head};
    const std::size_t length = head.find("Content-Length: ");
    const std::size_t size = length == std::string::npos ? 0 : std::stoul(head.substr(length + 16));
    return {std::stoi(head.substr(9, 3)), ReadBytes(size)};
  }

 private:
  bool Receive() {
    std::array<char, 65536> buffer{};
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }
  std::string Take(std::size_t size) {
    std::string out = received_.substr(0, size);
    received_.erase(0, size);
    return out;
  }

  int socket_;
  bool is_open_ = false;
  std::string received_;
};

/// A masked frame (RFC 6455, 5.2) with the mask 0; at most 65535 bytes.
inline std::string ClientFrame(int opcode, std::string_view payload) {
  std::string frame{static_cast<char>(0x80 | opcode)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xffU);
  }
  return frame + std::string(4, '\0') + std::string(payload);
}

struct ServerFrame {
  int opcode = -1;  ///< -1: the connection ended
  std::string payload;
};

inline ServerFrame ReadFrame(SocketClient* client) {
  const std::string head = client->ReadBytes(2);
  if (head.size() < 2) return {};
  std::size_t size = static_cast<unsigned char>(head[1]) & 0x7fU;
  if (size == 126) {
    const std::string more = client->ReadBytes(2);
    size = static_cast<unsigned char>(more[0]) * 256U + static_cast<unsigned char>(more[1]);
  }
  return {head[0] & 0x0f, client->ReadBytes(size)};
}

}  // namespace higgins::server::testing
