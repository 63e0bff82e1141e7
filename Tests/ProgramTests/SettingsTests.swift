import Accounting
import Canvas
import Glibc
import Serving
import Telemetry
import Terminals
import Testing

@testable import hippowatt

/// Settings and themes from files of the user's own.
@Suite struct SettingsTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  func run(_ arguments: [String]) throws -> Program.Result {
    try Program.run(
      arguments, in: folder, environment: ["XDG_CONFIG_HOME": folder.file("config")])
  }

  func settings(_ text: String) -> String {
    folder.write(text, to: "config/hippowatt/config.toml")
  }

  @Test(arguments: [
    ("theme = \"paper\"\ncolour = 3\n", 2, "there is no setting “colour”"),
    ("\n\ninterval = \"soon\"\n", 3, "not “soon”"), ("theme = 7\n", 1, "“theme” must be a text"),
    ("[grid]\nplanet = \"Mars\"\n", 2, "[grid] has no setting “planet”"),
    ("[[source]]\nkind = \"nope\"\n", 2, "there is no source “nope”"),
    ("[[source]]\nkind = \"log\"\nspeed = 1\n", 3, "source “log” has no setting “speed”"),
    ("defaults = \"yes\"\n", 1, "“defaults” must be true or false"),
    ("[price]\ncurrency = \"EUR\"\n", 1, "needs “per_kwh”"),
    ("[price]\nper_kwh = -1\n", 2, "must be a number from 0 on"),
    (
      "[price]\nper_kwh = 0.3\n[[price.period]]\nfrom = \"25:00\"\nto = \"6:00\"\nper_kwh = 0.1\n",
      4,
      "must be a time such as"
    ),
    ("a = 1\nb = = 2\n", 2, "could not determine"),
    // Of several tables of one name, the line is in the right one.
    (
      "[[source]]\nkind = \"nvml\"\n\n[[source]]\nkind = \"nope\"\n", 5, "there is no source “nope”"
    ),
    (
      "[price]\nper_kwh = 0.3\n[[price.period]]\nfrom = \"1:00\"\nto = \"2:00\"\nper_kwh = 0.1\n"
        + "[[price.period]]\nfrom = \"1:00\"\nto = \"26:00\"\nper_kwh = 0.1\n", 9,
      "must be a time such as"
    ),
    ("interval = \"1s\"\ninterval = \"2s\"\n", 2, "cannot redefine"),
  ])
  func `a wrong setting is named with file and line`(
    text: String, line: Int, words: String
  ) throws {
    let path = settings(text)
    for command in [["sources"], ["watch"], ["snapshot"], ["record", "-o", "f.hippo"]] {
      let result = try run(command)
      #expect(result.status == 1, "\(command)")
      #expect(result.output.isEmpty)
      #expect(result.errorLines.count == 1, "\(result.errors)")
      #expect(result.errors.hasPrefix("hippowatt: \(path):\(line): "), "\(result.errors)")
      #expect(result.errors.contains(words), "\(result.errors)")
    }
    #expect(folder.names == ["config"], "nothing is recorded with settings that are wrong")
  }

  @Test func `default sources are read beside those that are named where the settings say so`()
    throws
  {
    let path = settings("defaults = true\n[[source]]\nkind = \"simulated\"\n")
    let both = try Settings.parse(folder.text("config/hippowatt/config.toml") ?? "", path: path)
    let kinds = both.sources.map(\.kind)
    #expect(kinds.contains("nvml") && kinds.last == "simulated" && Set(kinds).count == kinds.count)
    let alone = try Settings.parse("[[source]]\nkind = \"simulated\"\n", path: path)
    #expect(alone.sources.map(\.kind) == ["simulated"])
    #expect(try Settings.parse("defaults = true\n", path: path).sources.isEmpty)
  }

  static let hot = "[[alert]]\nquantity = \"temperature\"\nabove = 85\n"

  @Test(arguments: [
    ("alert = 3\n", 1, "must be a list of tables: [[alert]]"),
    ("[[alert]]\nabove = 3\n", 1, "an [[alert]] needs a “quantity”: waiting, power, "),
    ("[[alert]]\nquantity = \"heat\"\n", 2, "there is no quantity “heat”; there are waiting, "),
    (hot + "limit = 3\n", 4, "[[alert]] has no setting “limit”"),
    (hot + "projected = true\n", 4, "an alert on temperature has no setting “projected”"),
    (hot + "below = 3\n", 4, "“above” or “below”, not both"),
    ("[[alert]]\nquantity = \"power\"\n", 2, "an alert on power needs “above” or “below”"),
    ("[[alert]]\nquantity = \"budget\"\n", 2, "an alert on budget needs “above”"),
    ("[[alert]]\nquantity = \"budget\"\nbelow = \"1kWh\"\n", 3, "on budget has no “below”"),
    ("[[alert]]\nquantity = \"idle\"\nabove = 1\n", 3, "an alert on idle has no “above”"),
    ("[[alert]]\nquantity = \"waiting\"\nabove = 0.3\n", 3, "must be \"30%\", not “0.3”"),
    ("[[alert]]\nquantity = \"power\"\nabove = \"7kJ\"\n", 3, "must be 7000 or \"7kW\", not “7kJ”"),
    ("[[alert]]\nquantity = \"power\"\nabove = true\n", 3, "“above” must be"),
    ("[[alert]]\nquantity = \"budget\"\nabove = \"5EUR\"\n", 3, "for money, set [price] first"),
    (hot + "for = \"soon\"\n", 4, "“for” must be a time"),
    (hot + "every = 0\n", 4, "“every” must be a time from 1"),
    (hot + "margin = -1\n", 4, "“margin” must be written like its limit"),
    (hot + "margin = \"5%\"\n", 4, "“margin” must be written like its limit"),
    (hot + "bell = 1\n", 4, "“bell” must be true or false"),
    (hot + "command = \" \"\n", 4, "“command” must be a command for the shell"),
    (hot + "timeout = \"3s\"\n", 4, "“timeout” is of a “command”"),
    (hot + "name = \"\"\n", 4, "“name” must be a text of 1 to 40 characters"),
    (hot + hot, 4, "there is another alert “temperature above 85 °C”"),
    (hot + hot + "name = \"b\"\nfor = -1\n", 8, "“for” must be a time"),
    (
      "[[alert]]\nquantity = \"joules_per_step\"\nabove = 3\nbaseline = 2\n", 4,
      "“baseline” is of a limit such as \"+20%\""
    ),
    (
      "[[alert]]\nquantity = \"joules_per_step\"\nabove = \"+20%\"\nbaseline = 0\n", 4,
      "“baseline” must be a number of joules"
    ),
    (
      "[[alert]]\nquantity = \"budget\"\nabove = \"1kWh\"\nof = \"me\"\n", 4,
      "“of” must be \"job\" or \"machine\", not “me”"
    ),
    (
      "[[alert]]\nquantity = \"budget\"\nabove = \"1kWh\"\nof = \"machine\"\nprojected = true\n", 5,
      "only a job has an end to project to"
    ),
  ])
  func `a wrong alert is named with file and line`(text: String, line: Int, words: String) throws {
    let path = folder.write(text, to: "alerts.toml")
    let result = try run(["record", "-o", "f.hippo", "--config", path])
    #expect(result.status == 2)
    #expect(result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.hasPrefix("hippowatt: \(path):\(line): "), "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(folder.names == ["alerts.toml"])
  }

  @Test func `good alerts are taken, each called by what it watches`() throws {
    let path = folder.write(
      """
      [[alert]]
      quantity = "budget"
      above = "3.50 EUR"

      [[alert]]
      quantity = "budget"
      above = "3.50 EUR"
      projected = true
      margin = "0.10EUR"

      [[alert]]
      quantity = "joules_per_token"
      above = "+20%"
      margin = "10%"
      for = "10min"

      [[alert]]
      quantity = "idle"
      device = 3

      [[alert]]
      name = "cold"
      quantity = "temperature"
      below = -5
      bell = true
      every = "1h"
      command = "true"
      timeout = "5s"

      [price]
      currency = "EUR"
      per_kwh = 0.31
      """, to: "alerts.toml")
    let settings = try Settings.parse(try #require(folder.text("alerts.toml")), path: path)
    #expect(
      settings.alerts.map(\.name) == [
        "budget above 3.50 EUR", "projected budget above 3.50 EUR",
        "joules_per_token above +20 %", "idle of 3", "cold",
      ])
    #expect(settings.alerts[1].margin == 0.1 && settings.alerts[1].isProjected)
    #expect(settings.alerts[2].margin == 10 && settings.alerts[2].hold == 600)
    #expect(settings.alerts[3].hold == 1800)
    let cold = settings.alerts[4]
    #expect(cold.side == .below && cold.limit.value == -5 && cold.bell && cold.every == 3600)
    #expect(cold.command == "true" && cold.timeout == 5)
  }

  @Test func `good settings are used and the command line is on top of them`() throws {
    _ = settings(
      """
      interval = "50ms"
      theme = "paper"
      [[source]]
      kind = "simulated"
      argument = "7"

      """)
    let paper = try run(["snapshot", "--format", "svg"])
    #expect(paper.status == 0 && paper.output.contains("SIMULATED"))
    let dusk = try run(["snapshot", "--format", "svg", "--theme", "dusk"])
    #expect(dusk.output.contains("#0f1015") && !paper.output.contains("#0f1015"))
    let listed = try run(["sources"])
    #expect(listed.output.contains("seed 7"))
    #expect(listed.output.contains("not among the sources that the settings name"))
    let other = folder.write("[[source]]\nkind = \"simulated\"\nargument = \"9\"\n", to: "other")
    #expect(try run(["sources", "--config", other]).output.contains("seed 9"))
    let missing = try run(["sources", "--config", "nowhere.toml"])
    #expect(missing.status == 2)
    #expect(missing.errors == "hippowatt: nowhere.toml: there is no such file\n")
  }

  @Test func `settings that are no plain file are one line, and status 2 where they were named`()
    throws
  {
    mkfifo(folder.file("pipe"), 0o600)
    folder.write(String(repeating: "#", count: 2 << 20), to: "large")
    folder.write("theme = \"paper\"\n", to: "secret")
    for (path, words) in [
      ("pipe", "is a pipe"), ("/dev/zero", "is a device"), (folder.path, "is a directory"),
      ("large", "is larger than 1024 KiB"), ("nowhere", "there is no such file"),
    ] {
      for command in [["sources"], ["watch"], ["snapshot"], ["record", "-o", "f.hippo"]] {
        let result = try run(command + ["--config", path])
        #expect(result.status == 2, "\(command) \(path)")
        #expect(result.output.isEmpty && result.errorLines.count == 1, "\(result.errors)")
        #expect(result.errors.hasPrefix("hippowatt: \(path): \(words)"), "\(result.errors)")
      }
    }
    // The user's own are not passed over either.
    mkdir(folder.file("config"), 0o755)
    mkdir(folder.file("config/hippowatt"), 0o755)
    mkdir(folder.file("config/hippowatt/config.toml"), 0o755)
    let own = try run(["sources"])
    #expect(own.status == 1 && own.errorLines.count == 1 && own.errors.contains("is a directory"))
  }

  @Test func `a country that nobody knows is named, with its line`() throws {
    let named = folder.write("\n[grid]\ncountry = \"Atlantis\"\n", to: "named.toml")
    let result = try run(["snapshot", "--config", named])
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("hippowatt: \(named):3: “Atlantis” is no country"))
    #expect(result.errorLines.count == 1)
    let option = try run(["snapshot", "--country", "XQ"])
    #expect(option.status == 2 && option.errors.contains("--country XQ"))
    for known in ["FR", "fra", "de"] {
      #expect(try run(["sources", "--country", known]).status == 0, "\(known)")
    }
  }

  @Test(arguments: ["1e12", "1e300", "1e9999", "400d", "-1", "nan", "inf", "1e-12", "0"])
  func `times without measure are refused where they are written`(time: String) throws {
    let file = folder.write("interval = \"\(time)\"\n", to: "i.toml")
    let bare = folder.write("\nwindow = \(time)\n", to: "w.toml")
    for arguments in [
      ["sources", "--config", file], ["sources", "--config", bare], ["sources", "--every", time],
      ["snapshot", "--window", time], ["watch", "--every", time],
    ] {
      let result = try run(arguments)
      #expect(result.status == 2, "\(arguments): \(result.status) \(result.errors)")
      #expect(result.output.isEmpty && !result.errors.isEmpty)
    }
    for arguments in [
      ["record", "-o", "f.hippo", "--for", time], ["snapshot", "f", "--at", time],
    ]
    where !["400d", "1e-12", "0"].contains(time) {
      // A second before the end is a time of a recording.
      if time == "-1", arguments[0] == "snapshot" { continue }
      let result = try run(arguments)
      #expect(result.status == 2, "\(arguments): \(result.status) \(result.errors)")
    }
  }
}
