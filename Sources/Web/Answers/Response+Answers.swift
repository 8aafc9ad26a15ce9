import CloudAPI
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
  /// An answer with bytes as its body.
  init(
    _ status: HTTPResponse.Status,
    _ contentType: String,
    _ body: [UInt8],
    headers: HTTPFields = [:]
  ) {
    var headers = headers
    headers[.contentType] = contentType
    self.init(
      status: status,
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
    )
  }

  /// An answer in JSON.
  init(_ status: HTTPResponse.Status, json: JSON, headers: HTTPFields = [:]) {
    self.init(status, "application/json", json.serialized(), headers: headers)
  }

  /// A bare status, as a webhook is answered.
  init(bare status: HTTPResponse.Status) {
    self.init(status: status, headers: [:], body: ResponseBody())
  }

  /// The same answer, after which the connection is closed.
  var last: Response {
    var response = self
    response.headers[.connection] = "close"
    return response
  }
}
