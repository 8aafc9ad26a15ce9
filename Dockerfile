# CareWindow as a container. docs/guides/container.md tells how to run it, alone or beside PostgreSQL.

# The toolchain of the project, on the Debian that it will run on: the C library must be the same.
FROM swift:6.3.1-bookworm AS build
WORKDIR /source
COPY Scripts/install-packages Scripts/
RUN Scripts/install-packages build
# The dependencies change less often than the sources, and take longest to fetch.
COPY Package.swift ./
RUN swift package resolve
COPY . .
RUN make release && DESTDIR=/staging Scripts/install-carewindow .build/release /usr/local

FROM debian:bookworm-slim
COPY Scripts/install-packages /tmp/
RUN /tmp/install-packages run && rm -rf /tmp/install-packages /var/lib/apt/lists/*
# By number, so that who runs it can see that it is not root.
RUN groupadd --gid 10001 carewindow \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/carewindow \
    --shell /usr/sbin/nologin carewindow \
  && install -d -m 700 -o carewindow -g carewindow /var/lib/carewindow
COPY --from=build /staging/usr/local/lib/carewindow /usr/local/lib/carewindow
COPY --from=build /staging/usr/local/bin /usr/local/bin
COPY packaging/healthy /usr/local/bin/carewindow-healthy

# Whoever may reach these ports is the container network's business, not the loopback's.
ENV CAREWINDOW_LISTEN=0.0.0.0:8080 \
  CAREWINDOW_METRICS_LISTEN=0.0.0.0:9464 \
  CAREWINDOW_DATABASE=sqlite:/var/lib/carewindow/carewindow.db
EXPOSE 8080 9464
USER 10001:10001
WORKDIR /var/lib/carewindow
# The database, and the key that seals what is secret in it.
VOLUME /var/lib/carewindow
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["carewindow-healthy"]
ENTRYPOINT ["carewindow"]
CMD ["serve"]
