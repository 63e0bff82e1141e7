#pragma once
#include <sqlite3.h>

/// Switches one of SQLite's SQLITE_DBCONFIG options, whose function takes any number of arguments and
/// so does not import.
static inline int cq_config(sqlite3 *database, int option, int on) {
  return sqlite3_db_config(database, option, on, (int *)0);
}
