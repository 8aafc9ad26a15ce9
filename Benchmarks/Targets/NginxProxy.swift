import Foundation

/// nginx in front of the sandbox: what any proxy costs at least.
enum NginxProxy {
  /// Starts nginx before a port; `isStreaming` for large bodies.
  ///
  /// - Throws: `ChildProcessError` if nginx is not installed, or does not start.
  static func start(
    before upstream: Int,
    isStreaming: Bool = false,
    in workplace: Workplace
  ) async throws -> RunningServer {
    guard let nginx = ChildProcess.find("nginx") else {
      throw ChildProcessError(description: "nginx is not installed")
    }
    let folder = try workplace.emptyFolder("nginx")
    let port = try await freePort()
    try configuration(listen: port, upstream: upstream, isStreaming: isStreaming, folder: folder)
      .write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
    let child = try ChildProcess(
      nginx,
      ["-p", folder, "-c", folder + "/nginx.conf", "-e", folder + "/error.log"],
      environment: workplace.environment,
      directory: folder,
      log: folder + "/nginx.log",
      among: workplace.children
    )
    _ = try await waitUntilReady(port: port, path: "/_sandbox/clock", of: child)
    return RunningServer(child: child, port: port)
  }

  private static func configuration(
    listen: Int,
    upstream: Int,
    isStreaming: Bool,
    folder: String
  ) -> String {
    """
    daemon off;
    worker_processes 1;
    pid \(folder)/nginx.pid;
    error_log \(folder)/error.log;
    events { worker_connections 1024; }
    http {
      access_log off;
      client_body_temp_path \(folder)/body;
      proxy_temp_path \(folder)/proxy;
      fastcgi_temp_path \(folder)/fastcgi;
      uwsgi_temp_path \(folder)/uwsgi;
      scgi_temp_path \(folder)/scgi;
      keepalive_requests 100000000;
      upstream meta {
        server 127.0.0.1:\(upstream);
        keepalive 128;
        keepalive_requests 100000000;
      }
      # Bodies pass as they come, as they do at CareWindow, and not by way of a file.
      client_max_body_size 0;
      \(isStreaming ? "proxy_buffering off; proxy_request_buffering off;" : "")
      server {
        listen 127.0.0.1:\(listen);
        location / {
          proxy_pass http://meta;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host 127.0.0.1:\(upstream);
        }
      }
    }

    """
  }
}
