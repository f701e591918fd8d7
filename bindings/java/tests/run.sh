#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles the Java binding with its tests and runs them: run.sh JNA-JAR CALLS-FOLDER
set -eu
jna=$1
here=$(cd "$(dirname "$0")/.." && pwd)
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
javac -Xlint:all -Werror -d "$classes" -cp "$jna" "$here"/src/org/autocrm/*.java "$here"/tests/*.java
java -cp "$classes:$jna" Calls "$2"
java -cp "$classes:$jna" Binding
