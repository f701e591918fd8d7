#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles the Java binding with its tests and runs one of them: run.sh JNA-JAR CLASS [ARGUMENT]...
set -eu
jna=$1
shift
here=$(cd "$(dirname "$0")/.." && pwd)
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
javac -Xlint:all -Werror -d "$classes" -cp "$jna" "$here"/src/org/autocrm/*.java "$here"/tests/*.java
java -cp "$classes:$jna" "$@"
