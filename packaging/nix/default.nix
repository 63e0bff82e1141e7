# From this clone: nix-build packaging/nix
#
# It takes the tarball that `make tarball` has made, and so builds nothing and needs no hash of a
# download; nixpkgs' own Swift is older than the program asks for.
{ pkgs ? import <nixpkgs> { }
, packages ? ../../.build/packages
}:

let
  lib = pkgs.lib;
  versionFile = builtins.readFile ../../Sources/hippowatt/Setup/Version.swift;
  version = builtins.head (builtins.match ".*static let string = \"([^\"]*)\".*" versionFile);
  machine = pkgs.stdenv.hostPlatform.parsed.cpu.name;
in
pkgs.stdenv.mkDerivation {
  pname = "hippowatt";
  inherit version;
  src = packages + "/hippowatt-${version}-linux-${machine}.tar.xz";

  nativeBuildInputs = [ pkgs.autoPatchelfHook pkgs.makeWrapper pkgs.installShellFiles ];
  dontStrip = true;

  installPhase = ''
    runHook preInstall
    mkdir -p $out
    cp -r bin share $out/
    # libcurl is opened when it is asked for; the driver's library lies where NixOS keeps drivers.
    wrapProgram $out/bin/hippowatt --suffix LD_LIBRARY_PATH : \
      ${lib.makeLibraryPath [ pkgs.curl ]}:/run/opengl-driver/lib
    runHook postInstall
  '';

  meta = {
    description = "Where an AI machine's electricity comes from, where it goes and what it buys";
    license = lib.licenses.asl20;
    platforms = [ "x86_64-linux" "aarch64-linux" ];
    mainProgram = "hippowatt";
  };
}
