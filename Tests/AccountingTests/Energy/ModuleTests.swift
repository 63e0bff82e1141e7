import Telemetry
import Testing

@testable import Accounting

/// What counts on machines whose processor and accelerator share a module.
@Suite struct ModuleTests {
  @Test func `The input of a board computer is the whole and is not added to its parts`() throws {
    var books = Books()
    let module = Device(id: Books.id(.meter, "module"), label: "module")
    books.timeline.apply(.device(module.withFormerRole()))
    books.draw(module.id, watts: 12, at: [0, 1, 2])
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

  /// A battery, a supply's input, a management controller's reading: what they said decides.
  @Test(arguments: [
    (DeviceRole.machine, 142.0, 284.0), (.machine, 42, 200), (.component, 42, 284),
    (.sensor, 42, 200), (.platform, 120, 440), (.memory, 42, 284), (.module, 300, 200),
  ])
  func `A device counts by what it said, not by its name`(
    role: DeviceRole, watts: Double, joules: Double
  ) throws {
    for name in ["BAT0", "pin", "wall", "package-0"] {
      var books = Books()
      let meter = Books.id(.meter, name)
      books.timeline.apply(.device(Device(id: meter, label: name, role: role)))
      books.draw(meter, watts: watts, at: [0, 1, 2])
      books.draw(Books.id(.gpu), watts: 100, at: [0, 1, 2])
      let energy = try #require(Ledger(books.timeline).energy(over: span(0, 2)))
      #expect(near(energy.joules, joules), "\(name): \(energy.joules)")
    }
  }

  @Test func `A part of a part is inside it, and a part of nothing known counts`() throws {
    for (parent, joules) in [
      (Books.id(.gpu), 200.0), (Books.id(.gpu, "gone"), 284), (Books.id(.meter, "board"), 284),
    ] {
      var books = Books()
      // A sensor is not counted itself, so what is part of it still is.
      books.draw(Books.id(.meter, "board"), watts: 70, at: [0, 1, 2])
      let fan = Books.id(.meter, "fan")
      books.timeline.apply(
        .device(Device(id: fan, label: "fan", role: .component, parent: parent)))
      books.draw(fan, watts: 42, at: [0, 1, 2])
      books.draw(Books.id(.gpu), watts: 100, at: [0, 1, 2])
      let energy = try #require(Ledger(books.timeline).energy(over: span(0, 2)))
      #expect(near(energy.joules, joules), "\(parent): \(energy.joules)")
    }
  }
}
