// SQLite's own library, from the package libsqlite3-dev: the one function of it that Swift cannot call, because its list of
// arguments has no end. Everything else comes from GRDB's module, so SQLite's header is not included a second time.
extern int sqlite3_config(int option, ...);

// Has SQLite keep no account of its memory (SQLITE_CONFIG_MEMSTATUS), for which it takes a lock at each allocation; once for the
// whole process, before anything else of SQLite's is used. Later it changes nothing.
// Source: "Recommended Compile-time Options", sqlite.org/compile.html, read 2026-12-01.
static inline int sqliteKeepNoAccountOfMemory(void) {
  return sqlite3_config(9, 0);
}
