// The listener and its connections with handlers of the test's own, over real sockets: what ThreadSanitizer
// watches.
#include "transports/server/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/socket_client.h"
#include "transports/server/scheduling/scheduler.h"

namespace higgins::server::http {
namespace {

using namespace std::chrono_literals;
using testing::ClientFrame;
using ::testing::HasSubstr;
using testing::ReadFrame;
using testing::ServerFrame;
using testing::SocketClient;
using ::testing::StartsWith;

constexpr int kText = 1;
constexpr int kBinary = 2;
constexpr int kClose = 8;

/// Sends each text message back from a worker, and each binary one twice from the strand.
class Echo : public WebSocketHandler {
 public:
  explicit Echo(Scheduler* scheduler) : scheduler_(scheduler) {}
  void OnOpen(std::shared_ptr<WebSocketSession> session) override {
    session_ = std::move(session);
    session_->SetTimer(1h, [] {});
  }
  void OnText(std::string_view message) override {
    if (message == "throw") throw std::runtime_error("a defect");
    if (message == "flood") {
      for (int i = 0; i < 1000; ++i) session_->SendText(std::string(10000, 'x'));
      return;
    }
    if (message == "bye") return session_->Close(CloseCode::kNormal, "as you wish");
    session_->PauseReading();
    Task task;
    task.client = "echo";
    task.run = [session = session_, text = std::string(message)](TaskOutcome) {
      session->Post([session, text] {
        session->SendText(text);
        session->ResumeReading();
      });
    };
    if (scheduler_->Submit(std::move(task)) != Submission::kAccepted)
      session_->Close(CloseCode::kTryAgainLater, "busy");
  }
  void OnBinary(std::span<const std::byte> message) override {
    const std::string bytes(reinterpret_cast<const char*>(message.data()), message.size());
    session_->SendBinary(bytes);
    session_->SendBinary(bytes);
  }
  void OnDrain() override { session_->Close(CloseCode::kGoingAway, "draining"); }
  void OnClosed() override { session_.reset(); }

 private:
  Scheduler* scheduler_;
  std::shared_ptr<WebSocketSession> session_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() : scheduler_({.workers = 2, .queue_length = 1000}) {
    service_.options.io_threads = 2;
    service_.options.header_timeout = 400ms;
    service_.options.body_timeout = 600ms;
    service_.options.idle_timeout = 800ms;
    service_.options.max_buffered_bytes = 1 << 20;
    service_.authorise = [](const Access& access, Request* request) -> std::optional<Problem> {
      request->client = request->remote_address;
      if (access.scope != "closed") return std::nullopt;
      return Problem{.kind = ProblemKind::kForbidden, .detail = "closed"};
    };
    service_.on_exchange = [this](const Exchange&) { ++num_exchanges_; };
    service_.on_websocket = [this](const std::string&, int change) { num_websockets_ += change; };
    Router& router = service_.router;
    router.Add({.method = "POST",
                .pattern = "/echo",
                .body = BodyKind::kRaw,
                .max_body_bytes = 100000,
                .handler = [this](const std::shared_ptr<Request>& request, const Respond& respond) {
                  Task task;
                  task.client = request->client;
                  task.run = [request, respond](TaskOutcome) { respond(Plain(request->body)); };
                  EXPECT_EQ(scheduler_.Submit(std::move(task)), Submission::kAccepted);
                }});
    router.Add({.method = "GET",
                .pattern = "/slow",
                .handler = [this](const std::shared_ptr<Request>&, const Respond& respond) {
                  Task task;
                  task.run = [respond](TaskOutcome) {
                    std::this_thread::sleep_for(300ms);
                    respond(Plain("late"));
                  };
                  EXPECT_EQ(scheduler_.Submit(std::move(task)), Submission::kAccepted);
                }});
    router.Add({.method = "GET",
                .pattern = "/forgets",
                .handler = [](const std::shared_ptr<Request>&, const Respond&) {}});
    router.Add({.method = "GET",
                .pattern = "/throws",
                .handler = [](const std::shared_ptr<Request>&, const Respond&) {
                  throw std::runtime_error("a defect");
                }});
    router.Add({.method = "POST",
                .pattern = "/closed",
                .access = {.scope = "closed"},
                .body = BodyKind::kRaw,
                .max_body_bytes = 100000});
    router.AddWebSocket({.pattern = "/ws",
                         .limits = {.max_message_bytes = 1000, .max_queued_bytes = 100000},
                         .factory = [this](const Request&) { return std::make_unique<Echo>(&scheduler_); }});
    server_ = std::make_unique<HttpServer>(&service_);
    const Result<int> port = server_->Start();
    EXPECT_TRUE(port) << port.error().message;
    port_ = *port;
  }
  ~HttpServerTest() override {
    server_->Drain(0ms);
    scheduler_.Stop();
  }

  static Response Plain(std::string body) {
    Response response;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
  }
  static std::string Get(const std::string& path, const std::string& more = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
  }
  static std::string Post(const std::string& path, const std::string& body, const std::string& more = "") {
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + more + "\r\n" + body;
  }
  void Upgrade(SocketClient* client) const {
    client->Send(
        Get("/ws",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            "dGhlIHNhbXBsZSBub25jZQ==\r\n"));
    const std::string head = client->ReadUntil("\r\n\r\n");
    EXPECT_THAT(head, StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(head, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    EXPECT_THAT(head, ::testing::Not(HasSubstr("permessage-deflate")));
  }
  static std::string CloseReason(const ServerFrame& frame) {
    EXPECT_EQ(frame.opcode, kClose);
    if (frame.payload.size() < 2) return "";
    const int code =
        static_cast<unsigned char>(frame.payload[0]) * 256 + static_cast<unsigned char>(frame.payload[1]);
    return std::to_string(code) + " " + frame.payload.substr(2);
  }

  Service service_;
  Scheduler scheduler_;
  std::unique_ptr<HttpServer> server_;
  std::atomic<int> num_exchanges_{0};
  std::atomic<int> num_websockets_{0};
  int port_ = 0;
};

TEST_F(HttpServerTest, AnswersManyClientsInOrder) {
  std::vector<std::thread> clients;
  std::atomic<int> num_good{0};
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([this, c, &num_good] {
      SocketClient client(port_);
      for (int i = 0; i < 50; ++i) {
        const std::string first(100, static_cast<char>('a' + c));
        const std::string second = std::to_string(i);
        client.Send(Post("/echo", first) + Post("/echo", second));  // pipelined
        if (client.ReadResponse() == std::pair(200, first)) ++num_good;
        if (client.ReadResponse() == std::pair(200, second)) ++num_good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(num_good, 8 * 50 * 2);
  while (num_exchanges_ < 8 * 50 * 2)
    std::this_thread::sleep_for(1ms);  // the last are reported after they are sent
  // ... and a connection lets go of the last request after that.
  const auto latest = std::chrono::steady_clock::now() + 5s;
  while (service_.buffered_bytes != 0 && std::chrono::steady_clock::now() < latest)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(service_.buffered_bytes, 0U);
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  SocketClient client(port_);
  const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char c : head + "3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nX-Trailer: t\r\n\r\n") client.Send({&c, 1});
  EXPECT_EQ(client.ReadResponse(), std::pair(200, std::string("abcd")));
  client.Send(head + "3\nabc\r\n0\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().first, 400);
}

TEST_F(HttpServerTest, SurvivesHandlersThatFail) {
  SocketClient client(port_);
  client.Send(Get("/forgets") + Get("/throws") + Post("/echo", "still here"));
  EXPECT_EQ(client.ReadResponse().first, 500);
  EXPECT_EQ(client.ReadResponse().first, 500);
  EXPECT_EQ(client.ReadResponse(), std::pair(200, std::string("still here")));
}

TEST_F(HttpServerTest, RefusesBeforeTheBodyIsSent) {
  SocketClient client(port_);
  client.Send("POST /closed HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 403 "));
  SocketClient large(port_);
  large.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(large.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, GivesMemoryOnlyWithinItsBudget) {
  service_.buffered_bytes += 1 << 20;  // others hold it all
  SocketClient client(port_);
  client.Send(Post("/echo", "abc"));
  EXPECT_EQ(client.ReadResponse().first, 429);
  service_.buffered_bytes -= 1 << 20;
  SocketClient again(port_);
  again.Send(Post("/echo", "abc"));
  EXPECT_EQ(again.ReadResponse().first, 200);
}

TEST_F(HttpServerTest, ClosesWhatIsSlow) {
  SocketClient silent(port_);
  SocketClient half(port_);
  SocketClient body(port_);
  half.Send("GET / HT");
  body.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(silent.ReadAll(), "");
  EXPECT_THAT(half.ReadAll(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(body.ReadAll(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, EchoesMessages) {
  SocketClient client(port_);
  Upgrade(&client);
  for (int i = 0; i < 50; ++i) client.Send(ClientFrame(kText, std::to_string(i)));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(ReadFrame(&client).payload, std::to_string(i));
  client.Send(ClientFrame(kBinary, std::string(900, 'b')));
  for (int i = 0; i < 2; ++i) {
    const ServerFrame frame = ReadFrame(&client);
    EXPECT_EQ(frame.opcode, kBinary);
    EXPECT_EQ(frame.payload, std::string(900, 'b'));
  }
  EXPECT_EQ(num_websockets_, 1);
  client.Send(ClientFrame(kText, "bye"));
  EXPECT_EQ(CloseReason(ReadFrame(&client)), "1000 as you wish");
  client.Send(ClientFrame(kClose, "\x03\xe8"));
  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(HttpServerTest, EndsSessionsThatBreakTheRules) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {ClientFrame(kText, std::string(1001, 'a')), "1009 "},
      {ClientFrame(kText, "\xff"), "1007 "},
      {ClientFrame(3, "a"), "1002 "},
      {std::string("\x81\x01"
                   "a"),
       "1002 "},
      {ClientFrame(kText, "throw"), "1011 "}};
  for (const auto& [frame, reason] : cases) {
    SocketClient client(port_);
    Upgrade(&client);
    client.Send(frame);
    EXPECT_THAT(CloseReason(ReadFrame(&client)), StartsWith(reason));
  }
}

TEST_F(HttpServerTest, CutsAClientThatDoesNotRead) {
  SocketClient client(port_);
  Upgrade(&client);
  client.Send(ClientFrame(kText, "flood"));
  while (num_websockets_ > 0) std::this_thread::sleep_for(1ms);
}

TEST_F(HttpServerTest, RefusesAnUpgradeThatIsNone) {
  SocketClient client(port_);
  client.Send(Get("/ws") +
              Get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"));
  EXPECT_EQ(client.ReadResponse().first, 426);
}

TEST_F(HttpServerTest, DrainsWhatIsUnderWay) {
  SocketClient idle(port_);
  SocketClient busy(port_);
  SocketClient socket(port_);
  idle.Send(Post("/echo", "a"));
  EXPECT_EQ(idle.ReadResponse().first, 200);
  Upgrade(&socket);
  busy.Send(Get("/slow"));
  std::this_thread::sleep_for(100ms);
  std::thread closing([&] {
    EXPECT_EQ(CloseReason(ReadFrame(&socket)), "1001 draining");
    socket.Send(ClientFrame(kClose, "\x03\xe9"));
  });
  EXPECT_EQ(server_->Drain(5s), 0U);
  EXPECT_EQ(busy.ReadResponse(), std::pair(200, std::string("late")));
  EXPECT_EQ(idle.ReadAll(), "");
  closing.join();
  EXPECT_FALSE(SocketClient(port_).is_open());
}

}  // namespace
}  // namespace higgins::server::http
