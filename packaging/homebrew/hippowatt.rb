# Built from the newest sources on Linux: brew install --HEAD ./packaging/homebrew/hippowatt.rb
#
# HOMEBREW_HIPPOWATT_REPOSITORY names a repository other than the clone this file lies in.
class Hippowatt < Formula
  desc "Where an AI machine's electricity comes from, where it goes and what it buys"
  license "Apache-2.0"
  head ENV.fetch("HOMEBREW_HIPPOWATT_REPOSITORY", "file://#{File.expand_path("../..", __dir__)}"),
       using: :git, branch: "main"

  depends_on "swift" => :build
  depends_on "curl"
  depends_on :linux
  depends_on "ncurses"
  depends_on "sqlite"

  def install
    system "make", "install", "PREFIX=#{prefix}"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/hippowatt --version") unless build.head?
    demo = share/"hippowatt/demos/tiny-gpt.hippo"
    assert_match "GPU DRAW", shell_output("#{bin}/hippowatt snapshot #{demo} --size 80x24")
  end
end
