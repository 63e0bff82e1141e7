{
  description = "Where an AI machine's electricity comes from, where it goes and what it buys";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  # A folder with the tarball: nix build ./packaging/nix --override-input packages path:.build/packages
  inputs.packages = {
    url = "path:./packages";
    flake = false;
  };

  outputs = { self, nixpkgs, packages }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      packages = each (pkgs: {
        default = import ./default.nix { inherit pkgs packages; };
      });
    };
}
