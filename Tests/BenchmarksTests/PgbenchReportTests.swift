import Benchmarks
import Testing

@Suite("PgbenchReport")
struct PgbenchReportTests {
  @Test
  func `the rate without connecting and the mean are read from what pgbench prints`() throws {
    let report = try #require(
      PgbenchReport(
        """
        pgbench (15.14)
        transaction type: insert.sql
        number of clients: 64
        number of transactions actually processed: 40123
        latency average = 6.381 ms
        initial connection time = 80.1 ms
        tps = 10029.518 (without initial connection time)

        """
      )
    )
    #expect(report.perSecond == 10029.518)
    #expect(report.milliseconds == 6.381)
  }

  @Test(arguments: ["", "pgbench: error: could not connect", "tps = none\nlatency average = 1 ms"])
  func `what has no numbers is no report`(output: String) {
    #expect(PgbenchReport(output) == nil)
  }
}
