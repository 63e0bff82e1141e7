import Quantities
import Telemetry
import Testing

@testable import Recordings

/// Tables that only the user can say what they hold, and what they look like.
@Suite struct PowerLogMappingTests {
  private typealias Log = PowerLogAssemblyTests

  /// A minute of rows, one a second.
  private func minute(_ titles: String, _ row: (Int) -> String) -> String {
    titles + "\n" + (0...60).map { "\(1_779_966_000 + $0),\(row($0))\n" }.joined()
  }

  private func joules(_ text: String, _ map: String) throws -> [String: Int] {
    let log = try PowerLogFile.read(
      Array(text.utf8), path: "rig.csv", mapping: try PowerLogMapping(map))
    let drawn = Log.drawn(try PowerLogAssembly([log]))
    return Dictionary(uniqueKeysWithValues: drawn.map { ($0.name, $0.joules) })
  }

  @Test(arguments: [
    ("a,b,c", "time=a,gpu0.power=b,W", "300", ["0": 18_000]),
    ("a,b,c", "time=#1,gpu0.power=#2,W", "300", ["0": 18_000]),
    ("a,B,c", "time=A, gpu3.power = b , mW", "300000", ["3": 18_000]),
    ("ts,draw [W],c", "time=ts,cpu.power=draw [W]", "300", ["cpu": 18_000]),
    ("ts,draw_kw,c", "time=ts,wall.power=draw_kw", "0.3", ["wall": 18_000]),
    ("ts,watts,c", "time=ts,gpu0.power=watts", "300", ["0": 18_000]),
    ("ts,draw [W],c", "time=ts,cpu.power=draw [W],mW", "300", ["cpu": 18]),
  ]) func aColumnIsWhatTheUserSays(
    titles: String, map: String, cell: String, right: [String: Int]
  ) throws {
    #expect(try joules(minute(titles) { _ in "\(cell),x" }, map) == right)
  }

  @Test func severalColumnsAreSeveralDevices() throws {
    let text = minute("ts,g0,g1,meter") { "300,100.5,\(Double($0) * 0.5 / 3600)" }
    #expect(
      try joules(text, "time=ts,gpu0.power=g0,W,gpu1.power=g1,W,wall.energy=meter,kWh")
        == ["0": 18_000, "1": 6030, "wall": 30_000])
  }

  @Test func aDayMayHaveAColumnOfItsOwn() throws {
    let rows = (0...9).map { "28.05.2026;11:00:0\($0);300,5\n" }.joined()
    #expect(
      try joules("day;clock;P\n" + rows, "date=day,time=clock,gpu0.power=P,W") == ["0": 2705])
  }

  @Test(arguments: [
    ("gpu0.power=b,W", "no column of the time"), ("time=a", "no power and no energy"),
    ("time=a,b", "belongs to no column"), ("time=a,gpu0.power=b,furlong", "no unit of gpu0"),
    ("time=a,gpu0.power=b,J", "no unit of gpu0"), ("time=a,gpu0.watts=b", "is none of time"),
    ("time=,gpu0.power=b,W", "has no column"), ("time=a,gpu0.power=b,W,W", "belongs to no column"),
    ("time=a,gpu0.power=b,?", "no unit of gpu0"),
    ("time=a,gpu0.power=b,W,gpu0.power=c,W", "gpu0.power has two columns"),
  ]) func whatIsNoMappingIsSaid(map: String, words: String) {
    do throws(ImportError) {
      _ = try PowerLogMapping(map)
      Issue.record("\(map) was taken")
    } catch {
      #expect(error.text.contains(words), "\(error)")
    }
  }

  /// A column's values, by what they do.
  enum Course: Sendable {
    case growing, swinging, leaping, steady

    func value(_ row: Int) -> Int {
      switch self {
      case .growing: 2 * row
      case .swinging: row % 7 * 30
      case .leaping: 300 * row
      case .steady: 300
      }
    }
  }

  @Test(arguments: [
    ("time=ts,gpu0.power=v,W", Course.growing, "is it gpu0.energy?"),
    ("time=ts,gpu0.energy=v,J", .swinging, "is it gpu0.power?"),
    ("time=ts,gpu0.energy=v,kWh", .leaping, "is its unit right?"),
    ("time=ts,gpu0.power=v", .steady, "does not tell its unit"),
    ("time=ts,gpu0.power=w,W", .steady, "no column “w”"),
  ]) func whatAColumnCannotBeIsRefused(map: String, course: Course, words: String) throws {
    let text = minute("ts,v") { "\(course.value($0))" }
    do {
      _ = try joules(text, map)
      Issue.record("\(map) was taken")
    } catch let error as ImportError {
      #expect(error.text.contains(words), "\(error)")
    }
  }

  @Test func rowsOfSeveralThingsAreRefused() throws {
    let rows = (0...9).map {
      "sensor.\($0 % 2 == 0 ? "a" : "b"),30\($0),2026-05-28T11:00:0\($0).0Z\n"
    }
    let text = "entity_id,state,last_changed\n" + rows.joined()
    #expect(throws: ImportError.self) {
      try joules(text, "time=last_changed,wall.power=state,W")
    }
    // A history without units is known, so as to say what to do.
    #expect(throws: ImportError.self) { try PowerLogFile.read(Array(text.utf8), path: "h.csv") }
  }

  @Test(arguments: [
    (
      "ts,GPU0 Power (W),CPU power,note\n1779966000,300,60,x\n",
      "time=ts,gpu0.power=GPU0 Power (W),W,cpu.power=CPU power,?"
    ),
    (
      "Date;Clock;wall_kwh\n28.05.2026;11:00:00;1,5\n",
      "date=Date,time=Clock,wall.energy=wall_kwh,kWh"
    ),
    (
      "time,\"power, total\",power limit\n2026-05-28 11:00:00,300,400\n",
      "time=time,wall.power=#2,?"
    ),
    (
      "2024-05-14 07:02:38, 88.6%,461,  1.66 W   \n2024-05-14 07:03:43,127.3%,465,  2.17 W   \n",
      "time=#1,wall.power=#4,W"
    ),
  ]) func aTableLooksLikeSomething(text: String, right: String) {
    #expect(PowerLogGuess(Array(text.utf8))?.mapping == right)
  }

  @Test func rowsWithoutTitlesAreAllRead() throws {
    let text = (0...60).map { "2024-05-14 07:02:\($0 < 10 ? "0" : "")\($0), 200 W\n" }.prefix(60)
    let mapping = try PowerLogMapping("time=#1,wall.power=#2,W")
    let log = try PowerLogFile.read(Array(text.joined().utf8), path: "a.csv", mapping: mapping)
    #expect(try PowerLogAssembly([log]).count == 60)
  }

  @Test(arguments: [
    "a,b\n1,2\n", "step,loss,power\n1,2.5,3\n", "", "hello\n", "time,temperature\n1779966000,50\n",
  ]) func whatIsNoTableOfPowersLooksLikeNothing(text: String) {
    #expect(PowerLogGuess(Array(text.utf8)) == nil)
  }
}
