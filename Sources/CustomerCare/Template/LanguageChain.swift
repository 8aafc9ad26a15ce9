/// The languages in which a customer may be written to, the best first.
///
/// Meta has no fallback of its own: a language that a template lacks is error 132001.
/// Source: …/whatsapp/templates/template-management, 2026-09-11.
package struct LanguageChain: Hashable, Sendable {
  /// How a language came into the chain; declared from the strongest to the weakest.
  package enum Source: String, CaseIterable, Sendable {
    /// The customer's own is known.
    case customer
    /// Of the fallback that was named for the business number.
    case fallback
    /// Of the country of the customer's phone number.
    case customersCountry = "customers_country"
    /// Of the country of the business number.
    case numbersCountry = "numbers_country"
  }

  /// One language of the chain.
  package struct Link: Hashable, Sendable {
    /// Its code, `de` or `es_MX`.
    package var language: String
    /// Where it is from.
    package var source: Source
  }

  /// How a template's language fits.
  package struct Match: Hashable, Sendable {
    /// The link it fits.
    package var link: Link
    /// Its place: the link's, and within it exact, then without region, then another region.
    package var rank: Int
  }

  /// The languages, the best first, each once.
  package let links: [Link]

  /// Makes a chain of what is known; nil for what is not.
  ///
  /// - Parameters:
  ///   - customer: The customer's own language.
  ///   - fallback: The language of the fallback that was named for the business number.
  ///   - customerPhone: The customer's phone number in digits.
  ///   - businessPhone: The business number as people dial it.
  package init(
    customer: String? = nil,
    fallback: String? = nil,
    customerPhone: String? = nil,
    businessPhone: String? = nil
  ) {
    let all: [(String?, Source)] = [
      (customer, .customer), (fallback, .fallback),
      (customerPhone.flatMap(Self.language(ofPhone:)), .customersCountry),
      (businessPhone.flatMap(Self.language(ofPhone:)), .numbersCountry),
    ]
    links = all.reduce(into: []) { links, link in
      // People write `en-US`, too.
      guard let language = link.0.map({ String($0.map { $0 == "-" ? "_" : $0 }) }),
        !links.contains(where: { $0.language == language })
      else {
        return
      }
      links.append(Link(language: language, source: link.1))
    }
  }

  /// How a language fits; nil if it does not.
  package func match(_ language: String) -> Match? {
    for (index, link) in links.enumerated() {
      let base = Self.base(of: link.language)
      let distance: Int? =
        language == link.language
        ? 0 : language == base ? 1 : Self.base(of: language) == base ? 2 : nil
      if let distance { return Match(link: link, rank: index * 3 + distance) }
    }
    return nil
  }

  /// A code without its region.
  package static func base(of language: String) -> String {
    String(language.prefix { $0 != "_" })
  }

  /// The language of a phone number's country; nil where a country has several, or none is known.
  static func language(ofPhone number: String) -> String? {
    let digits = String(number.filter { ("0"..."9").contains($0) })
    // No country's code begins with another's.
    return (1...3).lazy.compactMap { countries[String(digits.prefix($0))] }.first
  }

  /// Calling codes whose people mostly read one language; Belgium, Switzerland, India and the like are left out.
  private static let countries = [
    "1": "en_US", "20": "ar_EG", "30": "el", "31": "nl", "33": "fr", "34": "es_ES", "36": "hu",
    "39": "it", "40": "ro", "43": "de_AT", "44": "en_GB", "45": "da", "46": "sv", "47": "nb",
    "48": "pl", "49": "de", "51": "es_PE", "52": "es_MX", "54": "es_AR", "55": "pt_BR",
    "56": "es_CL", "57": "es_CO", "61": "en_AU", "62": "id", "64": "en_NZ", "66": "th", "81": "ja",
    "82": "ko", "84": "vi", "90": "tr", "351": "pt_PT", "353": "en_IE", "358": "fi", "359": "bg",
    "370": "lt", "371": "lv", "372": "et", "380": "uk", "385": "hr", "386": "sl", "420": "cs",
    "421": "sk", "591": "es", "593": "es_EC", "595": "es", "598": "es_UY", "965": "ar",
    "966": "ar", "971": "ar_AE", "972": "he", "974": "ar_QA",
  ]
}
