import Testing

@testable import PostgresEngine

@Suite struct `The address of a PostgreSQL database` {
  @Test(arguments: [
    ("postgres://db.example.com/care", "postgres://db.example.com/care"),
    ("postgres://care:word@db.example.com:5432/care", "postgres://care@db.example.com:5432/care"),
    ("postgres://care:word@one:5432,two:5433/care", "postgres://care@one:5432,two:5433/care"),
    ("postgres://care:w%40rd@one,two/care", "postgres://care@one,two/care"),
    ("postgresql://care:word@[::1]:5432/care", "postgresql://care@[::1]:5432/care"),
    ("postgres:///care?host=/run/postgresql", "postgres:///care?host=/run/postgresql"),
    (
      "postgres://care@db/care?password=word&sslmode=require&sslpassword=word",
      "postgres://care@db/care?sslmode=require"
    ),
  ])
  func `is shown without its password`(text: String, name: String) throws {
    #expect(try #require(PostgresAddress(text)).name == name)
  }

  @Test(arguments: [
    "postgres", "sqlite:care.db", "postgres://[::1/care", "postgres://db/care?nonsense=1",
    "postgres://care:w%4@db/care",
  ])
  func `is refused if libpq cannot read it`(text: String) {
    #expect(PostgresAddress(text) == nil)
  }
}
