# docker build -t migguard . && docker run --rm -v "$PWD:/work" migguard lint
FROM debian:12 AS build
RUN apt-get -q update && apt-get -q install -y --no-install-recommends ca-certificates git curl
WORKDIR /src
COPY . .
RUN scripts/setup \
  && cmake --preset release -DMIGGUARD_BUILD_TESTS=OFF \
  && cmake --build --preset release --target migguard \
  && strip build/release/migguard

# The program needs no library; --since and --staged need git.
FROM debian:12-slim
RUN apt-get -q update && apt-get -q install -y --no-install-recommends git \
  && rm -rf /var/lib/apt/lists/* \
  # The repository that is mounted belongs to somebody else.
  && git config --system --add safe.directory '*'
COPY --from=build /src/build/release/migguard /usr/bin/migguard
WORKDIR /work
USER nobody
ENTRYPOINT ["migguard"]
CMD ["--help"]
