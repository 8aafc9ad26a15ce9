/// The types under which files are handed out.
///
/// A type is what its sender says. Of those on the list a browser runs nothing, and they are what Meta lets through
/// anyway; everything else is bytes.
enum MediaType {
  /// What a file of no known type is.
  static let bytes = "application/octet-stream"

  /// The types on the list, and what the names of such files end with.
  ///
  /// Source: …/business-phone-numbers/media (2025-12-02), read 2026-11-21.
  static let endings: [String: String] = [
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp",
    "audio/aac": "aac", "audio/amr": "amr", "audio/mpeg": "mp3", "audio/mp4": "m4a",
    "audio/ogg": "ogg", "video/mp4": "mp4", "video/3gpp": "3gp", "text/plain": "txt",
    "application/pdf": "pdf", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  ]

  /// The type to hand a file out under, without parameters.
  static func served(_ told: String?) -> String {
    let base = (told ?? "").prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    return endings[base] == nil ? bytes : base
  }
}
