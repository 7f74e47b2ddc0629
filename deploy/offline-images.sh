#!/usr/bin/env bash
# Prepares a Docker host that reaches package registries but no image registry.
#
# Installs and starts the Docker engine, builds the compose plugin, and makes local
# stand-ins under the public images' own names with the same environment contract
# (variables, ports, volumes, users) as far as compose.yaml uses it. Where the public
# images can be pulled none of this is needed.
#
# As root: offline-images.sh [all | engine | python | postgres | kafka | nginx | prometheus]...
# `all` is what compose.yaml starts by itself; `prometheus` is for its profile `monitoring`.
# Safe to run again: what exists is kept.
set -euo pipefail

COMPOSE_VERSION=v2.39.4
KAFKA_VERSION=3.9.1
BASE=debian:bookworm-slim
DEPLOY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=${OFFLINE_IMAGES_DIR:-/var/tmp/offline-images}
PLUGINS=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins

say() { printf 'offline-images: %s\n' "$*" >&2; }
have_image() { docker image inspect "$1" >/dev/null 2>&1; }

install_engine() {
  command -v dockerd >/dev/null && command -v debootstrap >/dev/null && return
  say "installing the Docker engine"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io debootstrap iptables >/dev/null
}

start_engine() {
  docker info >/dev/null 2>&1 && return
  say "starting dockerd"
  nohup dockerd >"$WORK/dockerd.log" 2>&1 &
  for _ in $(seq 1 60); do
    docker info >/dev/null 2>&1 && return
    sleep 1
  done
  tail -n 20 "$WORK/dockerd.log" >&2
  return 1
}

build_compose() {
  docker compose version >/dev/null 2>&1 && return
  command -v go >/dev/null || { say "docker compose is missing and there is no Go to build it with"; return 1; }
  say "building docker compose $COMPOSE_VERSION (about two minutes, once)"
  local module=github.com/docker/compose/v2 source=$WORK/compose-src
  go mod download "$module@$COMPOSE_VERSION"
  rm -rf "$source"
  cp -r "$(go env GOMODCACHE)/$module@$COMPOSE_VERSION" "$source"
  chmod -R u+w "$source"
  mkdir -p "$PLUGINS"
  (cd "$source" && go build -trimpath -ldflags "-s -w -X $module/internal.Version=$COMPOSE_VERSION" \
    -o "$PLUGINS/docker-compose" ./cmd)
  rm -rf "$source"
}

import_base() {
  have_image "$BASE" && return
  say "making $BASE"
  local root=$WORK/rootfs certificates=/etc/ssl/certs/ca-certificates.crt
  rm -rf "$root"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" >"$WORK/debootstrap.log" 2>&1
  # The host's own trust and package sources: what works outside a build works inside it.
  cp -L "$certificates" "$root$certificates"
  cp -L /etc/apt/sources.list "$root/etc/apt/sources.list" 2>/dev/null || true
  tar -C "$root" -c . | docker import -c "ENV SSL_CERT_FILE=$certificates PIP_CERT=$certificates" -c 'CMD ["bash"]' - "$BASE" >/dev/null
  rm -rf "$root"
}

engine() {
  mkdir -p "$WORK"
  install_engine
  start_engine
  build_compose
  import_base
}

stand_in() { # stand_in RECIPE TAG: builds offline/RECIPE under the public image's name
  have_image "$2" && return
  say "making $2"
  docker build -q -t "$2" "$WORK/$1" >/dev/null
}

recipe() { # a copy, so that what a recipe downloads never lands in the source tree
  rm -rf "${WORK:?}/$1"
  cp -r "$DEPLOY/offline/$1" "$WORK/$1"
}

kafka_jars() {
  have_image "apache/kafka:$KAFKA_VERSION" && return
  mvn -q -B -f "$DEPLOY/kafka/pom.xml" dependency:copy-dependencies -DoutputDirectory="$WORK/kafka/libs" >/dev/null
}

python() { recipe python; stand_in python python:3.11-slim-bookworm; }
postgres() { recipe postgres; stand_in postgres postgres:15-bookworm; }
kafka() { recipe kafka; kafka_jars; stand_in kafka "apache/kafka:$KAFKA_VERSION"; }
nginx() { recipe nginx; stand_in nginx nginx:stable; }
prometheus() { recipe prometheus; stand_in prometheus prom/prometheus:latest; }

[ $# -gt 0 ] || set -- all
engine
for part in "$@"; do
  case "$part" in
    all) python; postgres; kafka; nginx ;;
    engine) ;;
    python | postgres | kafka | nginx | prometheus) "$part" ;;
    *) say "unknown part: $part"; exit 2 ;;
  esac
done
docker image ls --format '{{.Repository}}:{{.Tag}}  {{.Size}}' >&2
