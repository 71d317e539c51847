#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# JNA's Pointer.createConstant(-1) is not the pointer of all ones on a 64-bit machine: the int is taken as unsigned, and the
# pointer is 0xffffffff. createConstant(-1L) has all ones. Bindings that compare a handle with INVALID_HANDLE_VALUE, which
# is (void *)-1, and write the constant without the L, never see a failure. Guessed before: both are the same.
set -eu

VERSION=5.13.0-2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v javac > /dev/null || { echo 'javac is needed (package default-jdk-headless)' >&2; exit 4; }
apt-get -q -o APT::Sandbox::User=root download "libjna-java=$VERSION" "libjna-jni=$VERSION" > /dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
cat > Constant.java <<'JAVA'
import com.sun.jna.Pointer;

class Constant {
    public static void main(String[] arguments) {
        System.out.printf("createConstant(-1)  is %#x%n", Pointer.nativeValue(Pointer.createConstant(-1)));
        System.out.printf("createConstant(-1L) is %#x%n", Pointer.nativeValue(Pointer.createConstant(-1L)));
        System.out.printf("equal: %s%n", Pointer.createConstant(-1).equals(Pointer.createConstant(-1L)));
    }
}
JAVA
jar=$(find "$place/root/usr/share/java" -name 'jna*.jar' ! -name '*platform*' | head -n 1)
javac -cp "$jar" Constant.java
java -Djna.boot.library.path="$(dirname "$(find "$place/root" -name 'libjnidispatch*.so' | head -n 1)")" -cp "$jar:." Constant | tee output
grep -q 'createConstant(-1)  is 0xffffffff$' output
grep -q 'createConstant(-1L) is 0xffffffffffffffff$' output
grep -q 'equal: false' output
