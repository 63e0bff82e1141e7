import ArgumentParser
import Recordings

extension Import {
  /// What `--map` says; `nil` without it.
  ///
  /// - Throws: `Failure` where no file has the columns.
  func mapping() throws -> PowerLogMapping? {
    guard let map else { return nil }
    let mapping: PowerLogMapping
    do throws(ImportError) { mapping = try PowerLogMapping(map) } catch {
      throw ValidationError("--map: \(error)")
    }
    let missing = files.map { path in
      (path: path, column: mapping.missingColumn(File.readBytes(path, limit: 1 << 18) ?? []))
    }
    guard missing.contains(where: { $0.column == nil }) else {
      let first = missing.first
      throw Failure("--map: \(first?.path ?? "no file") has no column “\(first?.column ?? "")”")
    }
    return mapping
  }

  /// What the columns of an unknown table look like, as a sentence; empty where it is no table.
  func guessed(_ path: String) -> String {
    guard let guess = File.readBytes(path, limit: 65_536).flatMap({ PowerLogGuess($0) }) else {
      return ""
    }
    let unit = guess.isWhole ? "" : " with a unit for each ?"
    return "; it looks like a table: if its columns are that, add --map '\(guess.mapping)'\(unit)"
  }

  /// Says on the terminal what each file looks like.
  func tellGuesses() throws {
    for path in files {
      guard let head = File.readBytes(path, limit: 1 << 18) else {
        throw Failure("\(path): cannot be read")
      }
      if PowerLogs.recognises(head) {
        print("\(path): a known power log; it needs no --map")
      } else if let guess = PowerLogGuess(head) {
        print("\(path): --map '\(guess.mapping)'")
        if !guess.isWhole {
          printError("\(path): write a unit for each ?: mW, W, kW, J, Wh or kWh")
        }
      } else {
        throw Failure("\(path): no table with a time and watts or joules")
      }
    }
  }
}
