import Seeded
import Testing

@testable import Formats

/// JSON of unknown shape, and places in it.
@Suite struct JSONValueTests {
  private static func tree(_ text: String) throws -> JSONValue { try JSONValue(Array(text.utf8)) }

  /// The examples of RFC 6901, section 5.
  @Test func `the places of the standard are found`() throws {
    let root = try Self.tree(
      #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#
    )
    func at(_ text: String) throws -> JSONValue? {
      try #require(JSONPointer(text)).value(in: root)
    }
    #expect(try at("") == root)
    #expect(try at("/foo")?.elements?.count == 2)
    #expect(try at("/foo/0")?.text == "bar")
    let numbers = [
      "/", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l", "/ ", "/m~0n",
    ].map { try? at($0)?.number }
    #expect(numbers == [0, 1, 2, 3, 4, 5, 6, 7, 8])
  }

  @Test func `what is not there is nothing, and what is no place is refused`() throws {
    let root = try Self.tree(#"{"a":[1,{"b":null}],"x":{"0":5}}"#)
    for text in ["/b", "/a/2", "/a/01", "/a/-", "/a/ 1", "/a/1/c", "/a/0/0", "/a/+1"] {
      #expect(try #require(JSONPointer(text)).value(in: root) == nil, "\(text)")
    }
    #expect(JSONPointer("/a/1/b")?.value(in: root) == .null)
    #expect(JSONPointer("/x/0")?.value(in: root)?.number == 5)
    for text in ["a", "a/b", "/~", "/~2", "/a~"] { #expect(JSONPointer(text) == nil, "\(text)") }
    #expect(JSONPointer("/" + String(repeating: "x", count: 2000)) == nil)
  }

  @Test func `values are what they are`() throws {
    let root = try Self.tree(#" {"t":"12.3","n":12.3,"b":true,"x":NaN,"d":1,"d":2} "#)
    #expect(root["t"]?.text == "12.3" && root["t"]?.number == nil)
    #expect(root["n"]?.number == 12.3 && root["b"]?.boolean == true)
    #expect(root["x"]?.number?.isNaN == true && root["d"]?.number == 2)
    #expect(root.members.map(\.name) == ["b", "d", "n", "t", "x"])
    #expect(root.elements == nil && root["n"]?["m"] == nil && root["n"]?.members.isEmpty == true)
  }

  @Test func `bytes that are changed, cut or doubled are a tree or a fault`() {
    let text =
      #"{"meters":[{"power":12.5,"is_valid":true,"t":"\u00e9\"x","n":null}],"a~b":[[],{}]}"#
    let pointers = ["", "/meters/0/power", "/a~0b/1", "/meters/7"].compactMap { JSONPointer($0) }
    var random = SeededRandom(17)
    for _ in 0..<20_000 {
      var bytes = Array(text.utf8)
      random.mutate(&bytes)
      guard let tree = try? JSONValue(bytes) else { continue }
      for pointer in pointers { _ = pointer.value(in: tree) }
    }
  }

  @Test func `what is no JSON, too deep or too much is a fault`() {
    let deep = String(repeating: "[", count: 50) + String(repeating: "]", count: 50)
    let many = "[" + String(repeating: "0,", count: 70_000) + "0]"
    for text in ["", "{", "[1,]", "{\"a\":1}x", "<html>", "{\"a\" 1}", "12.", deep, many] {
      #expect(throws: JSONFault.self) { try Self.tree(text) }
    }
  }
}
