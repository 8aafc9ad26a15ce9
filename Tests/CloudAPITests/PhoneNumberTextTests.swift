import CloudAPI
import Testing

@Suite struct PhoneNumberTextTests {
  @Test(arguments: [
    ("+491701234567", "491701234567"), ("491701234567", "491701234567"),
    ("+49 170 123-4567", "491701234567"), ("+49 (170) 1234567", "491701234567"),
    ("+1 (415) 555-0100", "14155550100"), ("14155550100", "14155550100"),
    ("+33\u{A0}6 12 34 56 78", "33612345678"),
    ("+5511999990001", "5511999990001"), ("+2901234", "2901234"),
    ("+123456789012345".replacing("+12", with: "+22"), "223456789012345"),
  ])
  func `a number is read through its separators`(text: String, digits: String) throws {
    #expect(try PhoneNumberText(text).digits == digits)
  }

  @Test(arguments: [
    ("", PhoneNumberText.Fault.notANumber), ("+", .notANumber), ("Rita", .notANumber),
    ("49170+1234567", .notANumber), ("+49170123456x", .notANumber),
    ("+٤٩١٧٠١٢٣٤٥٦٧", .notANumber), ("tel:+491701234567", .notANumber),
    ("491700000042.0", .notANumber),
    ("01701234567", .national), ("+0491701234567", .national), ("00491701234567", .exitCode),
    ("+49 (0)170 1234567", .trunkZero), ("223456", .wrongLength),
    ("2234567890123456", .wrongLength), ("1701234567", .northAmerican),
    ("11155550100", .northAmerican), ("141555501001", .northAmerican),
  ])
  func `a number that cannot be dialled from anywhere says why`(
    text: String,
    fault: PhoneNumberText.Fault
  ) {
    #expect(throws: fault) { try PhoneNumberText(text) }
    #expect(fault.sentence.contains("+49") || fault == .northAmerican)
  }

  @Test(arguments: [
    ("DE.55501", true), ("DE.ENT.55501", true), ("US.13491208655302741918", true),
    ("DE.aB9", true), ("de.55501", false), ("DE55501", false), ("DE.", false),
    ("DE.ENT.", false), ("DE.5-5", false), ("D.55501", false), ("DEU.55501", false),
    ("491701234567", false), ("DE.\(String(repeating: "1", count: 256))", true),
    ("DE.\(String(repeating: "1", count: 257))", false),
  ])
  func `a BSUID is told from a number by its form`(text: String, isValid: Bool) {
    #expect(BusinessScopedUserID.isValid(text) == isValid)
  }
}
