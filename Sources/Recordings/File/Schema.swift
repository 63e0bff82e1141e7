import Telemetry

/// The tables of a recording, version 4.
///
/// Version 2 says what a device is (role, what it contains, of what it is a part) and to which device
/// an event happened and why; some columns were renamed (`Metric.renamed`). Version 3 packs readings.
/// Version 4 says of which machine a source's state is. A file of an earlier version is migrated while it is
/// read.
///
/// Beside these there are two tables per device kind: `gpu_rows`, where a row is what one device said
/// at one time and a column is one metric, and `gpu_packed`, where a row is a stretch of one device's
/// readings and a cell all values of one metric in it (`PackedColumn`). Readings come into the first and
/// go over to the second a quarter of an hour at a time. The view `gpu` has them all, as rows. They are
/// made when the first device of the kind is seen and grow a column when a metric is.
enum Schema {
  static let version: Int64 = 4
  /// "HIPO", where SQLite keeps the kind of application a file belongs to.
  static let applicationID: Int64 = 0x4849_504F

  /// What the name of a kind's table or view ends in; no device kind may.
  static let suffixes = ["_values", "_power", "_rows", "_packed"]

  /// The comments are for those who ask `sqlite3` for the schema: SQLite keeps them.
  static let tables = """
    CREATE TABLE recording ( -- one row: what this recording is
      schema INTEGER NOT NULL,
      machine TEXT NOT NULL,
      program TEXT NOT NULL,       -- version of hippowatt
      started INTEGER NOT NULL,    -- wall clock, ns since 1970-01-01 UTC
      monotonic INTEGER NOT NULL,  -- monotonic clock at the same instant, ns
      ended INTEGER,               -- NULL while recording and after a crash
      clean INTEGER NOT NULL,      -- 1 if closed in order
      simulated INTEGER NOT NULL,  -- 1 if any value was made up
      note TEXT NOT NULL,
      forgotten INTEGER            -- ns; what was older is deleted; NULL if nothing is
    );
    CREATE TABLE device (
      id INTEGER PRIMARY KEY,
      machine TEXT NOT NULL,
      kind TEXT NOT NULL,          -- also the table its readings are in
      name TEXT NOT NULL,
      label TEXT,                  -- NULL if it was never announced
      model TEXT NOT NULL,
      role TEXT NOT NULL,          -- what it is in the account of energy, see DeviceRole.swift
      contains TEXT,               -- roles whose energy it contains; NULL: those of its role
      parent INTEGER REFERENCES device (id), -- of what it is a part, or on what it runs
      UNIQUE (machine, kind, name)
    );
    CREATE TABLE device_attribute (
      device INTEGER NOT NULL REFERENCES device (id),
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (device, name)
    ) WITHOUT ROWID;
    CREATE TABLE series ( -- what each column of each device means
      id INTEGER PRIMARY KEY,
      device INTEGER NOT NULL REFERENCES device (id),
      metric TEXT NOT NULL,        -- also the column in the kind's table
      unit TEXT NOT NULL,
      scale REAL NOT NULL,         -- value in unit = stored integer * scale
      counter INTEGER NOT NULL,    -- 1 if read by difference
      source TEXT NOT NULL,
      method TEXT NOT NULL,
      period REAL,                 -- s
      range REAL,                  -- where a counter wraps, in unit; 0 if it does not
      note TEXT NOT NULL,
      rolled INTEGER,              -- ns; rollups are complete up to here
      UNIQUE (device, metric)
    );
    CREATE TABLE event (
      id INTEGER PRIMARY KEY,
      time INTEGER NOT NULL,       -- ns since 1970-01-01 UTC
      kind TEXT NOT NULL,          -- mark, gap or note
      text TEXT NOT NULL,
      device INTEGER REFERENCES device (id), -- to which it happened, if to one
      cause TEXT                   -- lost, asleep, no_answer, …, see Event.swift
    );
    \(gridStatements);
    CREATE TABLE state ( -- every change of a source's state
      id INTEGER PRIMARY KEY,
      source TEXT NOT NULL,
      time INTEGER NOT NULL,
      health TEXT NOT NULL,
      message TEXT NOT NULL,
      remedy TEXT NOT NULL,
      kind TEXT NOT NULL,          -- of the source: its name in the catalogue
      machine TEXT NOT NULL        -- that it reads, where that is another than the session's own
    );
    CREATE TABLE rollup ( -- minimum, maximum and integral; can be made anew from the readings
      width INTEGER NOT NULL,      -- of one bucket, ns
      series INTEGER NOT NULL REFERENCES series (id),
      chunk INTEGER NOT NULL,      -- start of the first bucket, ns
      buckets BLOB NOT NULL,       -- see Rollup+Packing.swift
      PRIMARY KEY (width, series, chunk)
    ) WITHOUT ROWID;
    CREATE TABLE ordinal (i INTEGER PRIMARY KEY); -- 1 to \(PackedRows.most): places in a packed row
    INSERT INTO ordinal WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
      WHERE i < \(PackedRows.most)) SELECT i FROM n;
    CREATE VIEW source AS -- how each source was doing at the end
      SELECT source AS name, health, message, remedy, max(id) AS state FROM state GROUP BY source;
    """

  /// What was said of the electricity; recordings made before there was any have no such table.
  static let gridStatements = """
    CREATE TABLE IF NOT EXISTS grid_statement ( -- said of an interval; revised ones are kept too
      device INTEGER NOT NULL REFERENCES device (id),
      start INTEGER NOT NULL,      -- ns since 1970-01-01 UTC
      end INTEGER NOT NULL,        -- of the interval, which does not hold it
      said INTEGER NOT NULL,       -- when it reached us
      quality TEXT NOT NULL,       -- measured, estimated or forecast
      metric TEXT NOT NULL,        -- stem, _ and stored step, as the columns of the kinds' tables
      value INTEGER NOT NULL,      -- in steps of the metric
      PRIMARY KEY (device, start, said, quality, metric)
    ) WITHOUT ROWID
    """

  /// Marks that were set after the recording was made; most recordings have no such table.
  static let marks = """
    CREATE TABLE IF NOT EXISTS mark (
      id INTEGER PRIMARY KEY,
      time INTEGER NOT NULL,       -- ns since 1970-01-01 UTC
      text TEXT NOT NULL
    )
    """

  /// The text of the note by which recordings of version 1 end.
  static let formerEnding = "recording ended"

  /// Roles as the column `contains` holds them.
  static func text(_ roles: Set<DeviceRole>) -> String {
    roles.map(\.rawValue).sorted().joined(separator: " ")
  }

  /// The roles of the column `contains`; one that is not known is left out.
  static func roles(_ text: String) -> Set<DeviceRole> {
    Set(text.split(separator: " ").compactMap { DeviceRole(rawValue: String($0)) })
  }

  /// The table in which readings of a kind are rows, in a file of some version.
  static func rows(_ kind: DeviceKind, version: Int64 = version) -> String {
    version < 3 ? kind.name : kind.name + "_rows"
  }

  /// The table in which readings of a kind are packed.
  static func packed(_ kind: DeviceKind) -> String { kind.name + "_packed" }

  /// Makes a device kind's tables; `kind` has been checked.
  static func table(_ kind: DeviceKind) -> String {
    """
    CREATE TABLE IF NOT EXISTS "\(rows(kind))" ( -- times in ns since 1970; no arrival: within 1 ms of time
      time INTEGER NOT NULL,
      device INTEGER NOT NULL,
      arrival INTEGER,
      PRIMARY KEY (time, device)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS "\(packed(kind))" ( -- many readings of one device; see PackedColumn.swift
      id$ INTEGER PRIMARY KEY, -- start in ms * 131072 + device
      device INTEGER NOT NULL,
      start$ INTEGER NOT NULL, -- time of the first
      end$ INTEGER NOT NULL,   -- and of the last; no two rows of a device overlap
      readings$ INTEGER NOT NULL,
      time,
      delay$                   -- arrival - time
    )
    """
  }
}
