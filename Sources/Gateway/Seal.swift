import Crypto
import Foundation

/// Seals Meta's tokens at rest with the secret key, and opens them again.
///
/// The first key seals; every key opens, so that a key can be rotated by putting the new one first.
package struct Seal: Sendable {
  /// Why a sealed value could not be opened.
  package enum Failure: Error, Sendable {
    /// None of the keys opens it: the key was changed or the database belongs to another installation.
    case wrongKey
  }

  private let keys: [SymmetricKey]

  /// Makes a seal from secret keys of any length; each is hashed to 256 bits.
  ///
  /// - Parameter secrets: The newest first; at least one.
  package init(secrets: [[UInt8]]) {
    precondition(!secrets.isEmpty, "a seal needs at least one key")
    keys = secrets.map { SymmetricKey(data: SHA256.hash(data: $0)) }
  }

  /// Seals text: nonce, ciphertext and tag of AES-GCM in one value.
  package func seal(_ text: String) throws -> [UInt8] {
    let box = try AES.GCM.seal(Data(text.utf8), using: keys[0])
    guard let combined = box.combined else { throw Failure.wrongKey }
    return [UInt8](combined)
  }

  /// Opens a sealed value with whichever key fits.
  package func open(_ sealed: [UInt8]) throws(Failure) -> String {
    for key in keys {
      if let box = try? AES.GCM.SealedBox(combined: sealed),
        let clear = try? AES.GCM.open(box, using: key)
      {
        return String(decoding: clear, as: UTF8.self)
      }
    }
    throw .wrongKey
  }
}
