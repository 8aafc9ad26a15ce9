import Crypto

/// The secret of a CareWindow token: shown once, stored only as its hash.
package enum TokenSecret {
  /// What every secret begins with, so that a leaked one is recognised by scanners.
  package static let prefix = "cw_"

  /// A new secret: the prefix and 256 random bits.
  package static func make(_ chance: some Chance) -> String {
    prefix + chance.identifier() + chance.identifier()
  }

  /// What is stored and looked up: SHA-256, enough for a secret that is random itself.
  package static func hash(of secret: String) -> [UInt8] {
    Array(SHA256.hash(data: Array(secret.utf8)))
  }
}
