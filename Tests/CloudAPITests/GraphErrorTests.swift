import CloudAPI
import Testing

@Suite struct GraphErrorTests {
  struct Row: Sendable {
    let codes: ClosedRange<Int>
    let httpStatus: Int?
    let retry: GraphError.RetryClass

    init(_ first: Int, _ last: Int, _ httpStatus: Int?, _ retry: GraphError.RetryClass) {
      codes = first...last
      self.httpStatus = httpStatus
      self.retry = retry
    }
  }

  /// Meta's table as of 2026-06-18, with the retry classes of 2026's SDKs.
  private static let rows: [Row] = [
    Row(0, 0, 401, .no),
    Row(1, 1, 400, .yesUnsafe),
    Row(2, 2, 503, .yesUnsafe),
    Row(3, 3, 500, .no),
    Row(4, 4, 400, .yes),
    Row(10, 10, 403, .no),
    Row(33, 33, 400, .no),
    Row(100, 100, 400, .no),
    Row(190, 190, 401, .no),
    Row(200, 299, 403, .no),
    Row(368, 368, 403, .later),
    Row(613, 613, 429, .yes),
    Row(80_007, 80_007, 400, .yes),
    Row(130_403, 130_403, nil, .no),
    Row(130_429, 130_429, 400, .yes),
    Row(130_472, 130_472, 400, .no),
    Row(130_497, 130_497, 403, .no),
    Row(131_000, 131_000, 500, .yesUnsafe),
    Row(131_005, 131_005, 403, .no),
    Row(131_008, 131_008, 400, .no),
    Row(131_009, 131_009, 400, .no),
    Row(131_016, 131_016, 500, .yesUnsafe),
    Row(131_020, 131_020, 400, .no),
    Row(131_021, 131_021, 400, .no),
    Row(131_026, 131_026, 400, .no),
    Row(131_030, 131_030, 400, .no),
    Row(131_031, 131_031, 403, .no),
    Row(131_035, 131_035, nil, .no),
    Row(131_036, 131_036, nil, .no),
    Row(131_037, 131_037, 400, .later),
    Row(131_041, 131_041, 400, .no),
    Row(131_042, 131_042, 400, .later),
    Row(131_044, 131_044, 400, .later),
    Row(131_045, 131_045, 500, .later),
    Row(131_047, 131_047, 400, .no),
    Row(131_048, 131_048, 400, .no),
    Row(131_049, 131_049, 400, .later),
    Row(131_050, 131_050, 400, .no),
    Row(131_051, 131_051, 400, .no),
    Row(131_052, 131_052, 400, .no),
    Row(131_053, 131_053, 400, .no),
    Row(131_055, 131_055, 400, .no),
    Row(131_056, 131_056, 400, .yes),
    Row(131_057, 131_057, 500, .yesUnsafe),
    Row(131_059, 131_059, 400, .no),
    Row(131_060, 131_060, nil, .no),
    Row(131_062, 131_062, nil, .no),
    Row(131_063, 131_063, nil, .no),
    Row(131_064, 131_064, nil, .later),
    Row(131_201, 131_201, 206, .no),
    Row(131_202, 131_202, 400, .no),
    Row(131_204, 131_204, 400, .no),
    Row(131_209, 131_209, 400, .no),
    Row(131_210, 131_210, 400, .no),
    Row(131_212, 131_212, 400, .no),
    Row(131_213, 131_213, 400, .no),
    Row(131_207, 131_207, 403, .later),
    Row(131_208, 131_208, 429, .yes),
    Row(131_211, 131_211, 400, .no),
    Row(131_214, 131_214, 400, .no),
    Row(131_215, 131_215, 400, .no),
    Row(132_000, 132_000, 400, .no),
    Row(132_001, 132_001, 404, .no),
    Row(132_005, 132_005, 400, .no),
    Row(132_007, 132_007, 400, .no),
    Row(132_008, 132_008, nil, .no),
    Row(132_012, 132_012, 400, .no),
    Row(132_015, 132_015, 400, .later),
    Row(132_016, 132_016, 400, .no),
    Row(132_018, 132_018, 400, .no),
    Row(132_068, 132_068, 400, .no),
    Row(132_069, 132_069, 400, .yes),
    Row(133_000, 133_000, 500, .no),
    Row(133_004, 133_004, 503, .yesUnsafe),
    Row(133_005, 133_005, 400, .no),
    Row(133_006, 133_006, 400, .later),
    Row(133_008, 133_008, 400, .later),
    Row(133_009, 133_009, 400, .later),
    Row(133_010, 133_010, 400, .later),
    Row(133_015, 133_015, 400, .later),
    Row(133_016, 133_016, 400, .later),
    Row(134_011, 134_011, 400, .later),
    Row(134_100, 134_100, 400, .no),
    Row(134_101, 134_101, 400, .later),
    Row(134_102, 134_102, 500, .no),
    Row(135_000, 135_000, 400, .no),
    Row(136_024, 136_024, nil, .later),
    Row(136_025, 136_025, nil, .later),
    Row(137_000, 137_000, 400, .no),
    Row(138_000, 138_000, 401, .no),
    Row(138_001, 138_001, 400, .no),
    Row(138_002, 138_002, 429, .yes),
    Row(138_005, 138_005, 429, .yes),
    Row(138_003, 138_003, 400, .later),
    Row(138_004, 138_004, 500, .yes),
    Row(138_007, 138_007, 500, .yes),
    Row(138_006, 138_006, 401, .later),
    Row(138_009, 138_009, 400, .later),
    Row(138_012, 138_012, 400, .later),
    Row(138_013, 138_013, 400, .no),
    Row(138_014, 138_014, 400, .no),
    Row(138_015, 138_015, 400, .no),
    Row(138_017, 138_017, 400, .no),
    Row(138_018, 138_018, 400, .no),
    Row(138_019, 138_023, nil, .yes),
    Row(139_000, 139_004, nil, .no),
    Row(139_100, 139_100, nil, .no),
    Row(139_101, 139_101, nil, .no),
    Row(139_102, 139_102, nil, .yes),
    Row(139_103, 139_103, nil, .yes),
    Row(147_001, 147_005, nil, .no),
    Row(200_005, 200_007, nil, .no),
    Row(1_752_041, 1_752_041, 400, .no),
    Row(2_388_001, 2_388_001, nil, .no),
    Row(2_388_012, 2_388_012, nil, .no),
    Row(2_388_091, 2_388_091, nil, .no),
    Row(2_388_093, 2_388_093, nil, .no),
    Row(2_388_103, 2_388_103, nil, .no),
    Row(2_388_019, 2_388_019, nil, .no),
    Row(2_388_040, 2_388_040, nil, .no),
    Row(2_388_047, 2_388_047, nil, .no),
    Row(2_388_072, 2_388_072, nil, .no),
    Row(2_388_073, 2_388_073, nil, .no),
    Row(2_388_293, 2_388_293, nil, .no),
    Row(2_388_299, 2_388_299, nil, .no),
    Row(2_494_100, 2_494_100, nil, .yesUnsafe),
    Row(2_593_107, 2_593_107, 400, .no),
    Row(2_593_108, 2_593_108, 400, .no),
    Row(2_593_109, 2_593_109, nil, .no),
  ]

  @Test(arguments: rows)
  func `a code has the status and the retry class of Meta's table`(row: Row) throws {
    for code in [row.codes.lowerBound, row.codes.upperBound] {
      let known = try #require(GraphError.known(code: code), "\(code)")
      #expect(known.retry == row.retry, "\(code)")
      #expect(known.httpStatus == row.httpStatus, "\(code)")
      #expect(!known.paths.isEmpty && !known.meaning.isEmpty)
    }
  }

  @Test func `the table has these rows and no others, and none twice`() {
    let codes = GraphError.table.flatMap { Array($0.codes) }
    #expect(codes.count == Set(codes).count)
    #expect(Set(codes) == Set(Self.rows.flatMap { Array($0.codes) }))
  }

  @Test(arguments: [-1, 199, 300, 131_046, 138_024, 470, Int.max])
  func `a code beside the table is unknown`(code: Int) {
    #expect(GraphError.known(code: code) == nil)
  }

  @Test func `only what may be sent again later names what to wait for`() {
    for row in GraphError.table where row.retry == .no {
      #expect(row.wait == .none, "\(row.codes)")
    }
    for row in GraphError.table where row.retry != .no {
      #expect(row.wait != .none, "\(row.codes)")
    }
  }

  @Test func `a closed window comes by status and in the answer, and is never tried again`() throws
  {
    let closed = try #require(GraphError.known(code: 131_047))
    #expect(closed.paths == [.status, .response])
    #expect(closed.retry == .no)
    #expect(closed.httpStatus == 400)
  }

  @Test func `an error body reads back, with details as object or as text`() throws {
    let body = GraphErrorBody(
      code: 131_056,
      title: "(Business Account, Consumer Account) pair rate limit hit",
      details: "Too many messages",
      isTransient: false,
      traceID: "AbC"
    )
    let written = try JSON.parse(body.json.serialized())
    #expect(GraphErrorBody(written) == body)
    #expect(
      body.message == "(#131056) (Business Account, Consumer Account) pair rate limit hit"
    )
    #expect(body.httpStatus == 400)
    let short = try JSON.parse(
      text: #"{"error":{"message":"x","code":"190","error_data":"expired","fbtrace_id":"z"}}"#
    )
    #expect(GraphErrorBody(short)?.details == "expired")
    #expect(GraphErrorBody(short)?.httpStatus == 401)
    #expect(GraphErrorBody(["error": "no"]) == nil)
    #expect(GraphErrorBody(["messages": []]) == nil)
  }
}
