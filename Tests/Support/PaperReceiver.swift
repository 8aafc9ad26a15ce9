package import Gateway
import Synchronization

/// Programs that are called back, on paper: each address answers as a test says.
package final class PaperReceiver: CallbackCarrier {
  /// What an address does with a call.
  package enum Behaviour: Sendable {
    /// Answers so at once.
    case answers(CallbackOutcome)
    /// Does not answer before the door is open.
    case waits(Latch)
  }

  private struct State {
    var behaviours: [String: Behaviour] = [:]
    var parcels: [CallbackParcel] = []
  }

  /// Raised with every call that came.
  package let calls = Tally()
  private let state = Mutex(State())

  /// Makes receivers that take everything.
  package init() {}

  /// Says how an address answers from now on.
  package func set(_ url: String, _ behaviour: Behaviour) {
    state.withLock { $0.behaviours[url] = behaviour }
  }

  /// What came to an address, oldest first.
  package func parcels(at url: String) -> [CallbackParcel] {
    state.withLock { state in state.parcels.filter { $0.url == url } }
  }

  /// Takes a call.
  package func post(_ parcel: CallbackParcel) async -> CallbackOutcome {
    let behaviour = state.withLock { state in
      state.parcels.append(parcel)
      return state.behaviours[parcel.url]
    }
    calls.raise()
    switch behaviour {
    case .answers(let outcome): return outcome
    case .waits(let latch):
      await latch.pass()
      return .delivered(status: 200)
    case nil: return .delivered(status: 200)
    }
  }
}

extension CallbackParcel {
  /// A header, by its name.
  package subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
}
