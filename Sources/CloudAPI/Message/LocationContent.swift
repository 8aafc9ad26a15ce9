/// A place: `location`.
package struct LocationContent: Sendable, Hashable {
  /// Degrees north.
  package var latitude: Double
  /// Degrees east.
  package var longitude: Double
  /// The name, if a place was picked.
  package var name: String?
  /// The address, if a place was picked.
  package var address: String?
  /// A page about it, if a place was picked.
  package var url: String?

  /// Creates a place.
  package init(
    latitude: Double,
    longitude: Double,
    name: String? = nil,
    address: String? = nil,
    url: String? = nil
  ) {
    self.latitude = latitude
    self.longitude = longitude
    self.name = name
    self.address = address
    self.url = url
  }

  init?(_ json: JSON) {
    guard let latitude = json["latitude"]?.decimal, let longitude = json["longitude"]?.decimal
    else { return nil }
    self.latitude = latitude
    self.longitude = longitude
    name = json["name"]?.text
    address = json["address"]?.text
    url = json["url"]?.text
  }

  var json: JSON {
    .present([
      "latitude": .decimal(latitude),
      "longitude": .decimal(longitude),
      "name": name.map(JSON.string),
      "address": address.map(JSON.string),
      "url": url.map(JSON.string),
    ])
  }
}
