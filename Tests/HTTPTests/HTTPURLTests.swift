import Telemetry
import Testing

@testable import HTTP

/// What users write as a URL.
@Suite struct HTTPURLTests {
  @Test(arguments: [
    ("127.0.0.1:8000", "http://127.0.0.1:8000"), ("http://box/", "http://box:80/"),
    ("https://box:8443/metrics?a=b#c", "https://box:8443/metrics?a=b"),
    ("http://[::1]:9400/metrics", "http://[::1]:9400/metrics"), ("box?x", "http://box:80/?x"),
    ("HTTP://Box:1", "http://Box:1"),
  ])
  func `it is taken apart and put together again`(text: String, url: String) throws {
    #expect(try HTTPURL(text).description == url)
  }

  @Test(arguments: [
    "", "http://", "ftp://box", "http://user:secret@box", "http://box:0", "http://box:65536",
    "http://box:x", "http://[::1", "http://bo x", "http://box/\r\nX: y", "http://bücher",
    "http://[::1]8000", "http://box:+1", "http://b$x",
  ])
  func `what is no such URL is refused in words`(text: String) {
    #expect(throws: SourceRequestError.self) { try HTTPURL(text) }
  }

  @Test func `what is asked for is escaped, and what is secret never shown`() throws {
    let url = try HTTPURL("https://box").with(query: [("a b", "1&2"), ("é", "")])
    #expect(url.description == "https://box:443/?a%20b=1%262&%C3%A9=")
    let secret = url.withSecret(query: [("key", "hunter2&")])
    #expect(secret.target == "/?a%20b=1%262&%C3%A9=&key=hunter2%26")
    #expect(secret.with(query: [("z", "1")]).target.hasSuffix("&z=1&key=hunter2%26"))
    #expect(try HTTPURL("box").withSecret(query: [("k", "v")]).target == "/?k=v")
    #expect(
      try HTTPURL("box/x").withSecret(query: [("k", "v")]).with(query: [("a", "b")]).target
        == "/x?a=b&k=v")
    #expect(!"\(secret) \(String(reflecting: secret)) \([secret])".contains("hunter2"))
  }

  @Test(arguments: [
    ("/x", "http://box:80/x"), ("c", "http://box:80/a/c"), ("../c?d", "http://box:80/c?d"),
    ("../../../c", "http://box:80/c"), ("./", "http://box:80/a/"), ("?q", "http://box:80/a/b?q"),
    ("//other/x", "http://other:80/x"), ("https://other:8443/x#y", "https://other:8443/x"),
    ("HTTP://other", "http://other:80"), ("#y", "http://box:80/a/b?c"),
    ("/a:b", "http://box:80/a:b"),
  ])
  func `a redirect leads where RFC 3986 says`(location: String, url: String) throws {
    #expect(try HTTPURL("http://box/a/b?c").resolving(location)?.description == url)
  }

  @Test(arguments: [
    "file:///etc/passwd", "ftp://x/", "javascript:1", "http:x", "http://u:p@other/", "//",
    "/\r\nX: y",
    "gopher://x", "/a b",
  ])
  func `what is no page leads nowhere`(location: String) throws {
    #expect(try HTTPURL("http://box/a/b?c").resolving(location) == nil)
  }
}
