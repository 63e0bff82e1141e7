import Telemetry
import Testing

@testable import Accounting

/// What counts on machines whose processor and accelerator share a module.
@Suite struct ModuleTests {
  @Test func `The input of a board computer is the whole and is not added to its parts`() throws {
    var books = Books()
    books.draw(Books.id(.meter, "module"), watts: 12, at: [0, 1, 2])
    books.draw(Books.id(.gpu), watts: 5, at: [0, 1, 2])
    books.draw(Books.id(.meter, "VDD_SOC"), watts: 2, at: [0, 1, 2])
    let energy = try #require(Ledger(books.timeline).energy(over: span(0, 2)))
    #expect(near(energy.joules, 24))
  }

  @Test func `A meter at the plug goes before it`() throws {
    var books = Books()
    books.draw(Books.id(.meter, "module"), watts: 12, at: [0, 1])
    books.draw(Books.id(.meter, "wall"), watts: 20, at: [0, 1])
    let energy = try #require(Ledger(books.timeline).energy(over: span(0, 1)))
    #expect(near(energy.joules, 20))
  }

  @Test func `A module of processor and accelerator is not added to either`() throws {
    var books = Books()
    books.draw(Books.id(.meter, "module-0"), watts: 600, at: [0, 1])
    books.draw(Books.id(.cpu, "package-0"), watts: 150, at: [0, 1])
    books.draw(Books.id(.cpu, "core-0"), watts: 80, at: [0, 1])
    books.draw(Books.id(.gpu), watts: 420, at: [0, 1])
    let energy = try #require(Ledger(books.timeline).energy(over: span(0, 1)))
    #expect(near(energy.joules, 570))
  }
}
