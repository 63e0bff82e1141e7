import Telemetry
import Testing

/// Secrets are masked by their names and by their look, and nothing else is.
@Suite struct SecretsTests {
  @Test(arguments: [
    "train.py --api-key X1y2", "train.py --api-key=X1y2", "API_KEY=X1y2 python t.py",
    "curl -H 'Authorization: Bearer X1y2zzzz'", "curl -H \"X-Api-Key: X1y2\" http://a",
    "git clone https://user:X1y2@host/repo", "get https://h/p?a=1&access_token=X1y2&b=2",
    #"{"password": "X1y2", "lr": 0.1}"#, #"--config={"apiKey":"X1y2"}"#, "wandb.api_key=X1y2",
    "+logger.wandb.apiKey=X1y2", "export HF_TOKEN=X1y2", "--hf-token X1y2", "--use_auth_token X1y2",
    "MYSQL_PWD=X1y2", "--db.password X1y2", "--passwd=X1y2", "AWS_SECRET_ACCESS_KEY=X1y2",
    "--client-secret X1y2", "--credentials X1y2", "Cookie: sid=X1y2; other=X1y2",
    "--password 'X1y2 X1y2 X1y2'", "--auth X1y2:X1y2", "OPENAI_API_KEY='X1y2'",
    "redis://:X1y2@cache:6379/0", "Proxy-Authorization: Basic X1y2", "--github-token=X1y2",
    "clientSecret: X1y2", "password: X1y2", "PGPASSWORD=X1y2 psql", "--secret-key X1y2",
  ])
  func `what stands under a name of secrets is masked`(text: String) {
    let masked = Secrets.masked(text)
    #expect(!masked.contains("X1y2"), "\(masked)")
    #expect(masked.contains(Secrets.mask))
    #expect(Secrets.masked(masked) == masked, "\(masked)")
    let words = text.split(separator: " ").map(String.init)
    if !text.contains("'"), !text.contains("\""), !text.contains("Cookie"), !text.contains(": ") {
      #expect(!Secrets.masked(words: words).contains("X1y2"), "\(Secrets.masked(words: words))")
    }
  }

  private static let tokens = [
    "sk-proj-a1B2c3D4e5F6g7H8i9J0", "sk-ant-api03-AbCd1234EfGh5678", "hf_AbCdEfGhIjKlMnOpQrSt12",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "github_pat_11ABCDEFG0123456789_abc",
    "AKIAIOSFODNN7EXAMPLE", "xoxb-123456789012-abcdefABCDEF", "glpat-AbCd1234EfGh5678IjKl",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "nvapi-AbCd1234-EfGh5678",
    "AIzaSyA1234567890abcdefghijklmnopqrstu", "npm_AbCd1234EfGh5678IjKl9012",
  ]

  @Test(arguments: Self.tokens)
  func `a token is known by its look wherever it stands`(token: String) {
    for text in [
      token, "run \(token) now", "python t.py \(token)", "x=\(token)", "(\(token))",
      "--opt=\(token)",
      "/path/to/\(token)", "“\(token)” ended with status 0", "https://\(token)@host/x",
      "https://\(token):x@host/x",
    ] {
      let masked = Secrets.masked(text)
      #expect(!masked.contains(token.suffix(8)), "\(masked)")
      #expect(Secrets.masked(masked) == masked)
    }
    #expect(Secrets.masked(words: ["python", "t.py", token]) == "python t.py ***")
  }

  @Test func `a random word is a secret behind a word that says so`() {
    let key = "0123456789abcdef0123456789abcdef01234567"
    for text in [
      "wandb login \(key)", "wandb login --relogin \(key)", "--key \(key)", "x?key=\(key)",
    ] {
      #expect(!Secrets.masked(text).contains(key), "\(Secrets.masked(text))")
    }
    #expect(Secrets.masked("--commit \(key)") == "--commit \(key)")
  }

  @Test(arguments: [
    "python train.py --max-tokens 4096 --num-key-value-heads 8 --key-frames 3",
    "--tokenizer gpt2 --tokenizer-path=/models/llama/tokenizer.json --max_new_tokens=128",
    "/home/alice/runs/2026-11-23_14-32-07/gpt2-medium-lr3e-4/ckpt_0001000.pt",
    "--pad-token <pad> --eos-token </s> --pad_token=[PAD]", "J/token", "joules per token: 2.3 J",
    "tokens_per_second=1234.5 loss=2.31 step=100", "model=meta-llama/Llama-3.1-8B-Instruct",
    "--sort-key loss --label-key target", "--api-key-file /run/secrets/api_key", "--token true",
    "--auth none", "--password-file /etc/pw", "10:32:07 step 5: loss 2.5", "key: value",
    "HF_TOKEN=$HF_TOKEN", "--use-auth-token true", "--secrets-manager aws", "sk-learn",
    "hf_transformers_model_name", "deepspeed --num_gpus 8 --master_port 29500 train.py",
    "GPU-5a1b2c3d-0e1f-2a3b-4c5d-6e7f80910a1b", "--revision 3f2a9c",
    "http://localhost:8000/metrics",
    "ssh://git@host/repo", "user@host:/path", "a task-force-1234567890123456", "PWD=/home/a",
    "torchrun --nproc-per-node=8 -m pkg.train --config configs/auth.yaml",
    "Content-Type: text/plain",
    "--passes 3", "--pass 2", "--cookie-cutter x", "no token here", "bypass=1", "--seed 123456789",
  ])
  func `what only looks like it stays readable`(text: String) {
    #expect(Secrets.masked(text) == text)
    #expect(Secrets.masked(words: text.split(separator: " ").map(String.init)) == text)
  }

  @Test func `a value with blanks is one word of a command line`() {
    #expect(
      Secrets.masked(words: ["run", "--password", "my own pass phrase", "--lr", "0.1"])
        == "run --password *** --lr 0.1")
    #expect(Secrets.masked(words: ["env", "API_KEY=a b;c", "x"]) == "env API_KEY=*** x")
    #expect(
      Secrets.masked(words: ["curl", "-u", "alice:pass word", "-H", "Authorization: Bearer abc"])
        == "curl -u alice:*** -H Authorization: Bearer ***")
    #expect(Secrets.masked(words: ["sshpass", "-p", "x", "ssh", "h"]) == "sshpass -p *** ssh h")
    #expect(Secrets.masked(words: ["sshpass", "-psecret", "ssh"]) == "sshpass -p*** ssh")
    #expect(Secrets.masked("curl -u alice:pass -s http://a") == "curl -u alice:*** -s http://a")
    for text in [
      "docker run -u 1000:1000 img", "docker run --user 0:0 img", "python -u train.py a:b",
    ] {
      #expect(Secrets.masked(text) == text)
      #expect(Secrets.masked(words: text.split(separator: " ").map(String.init)) == text)
    }
    #expect(Secrets.masked("mysql -u root -phunter2 -h db") == "mysql -u root -p*** -h db")
    #expect(Secrets.masked("x['API_KEY'] = 'abc'; y") == "x['API_KEY'] = '***'; y")
    #expect(
      Secrets.masked(words: ["bash", "-c", "export WANDB_API_KEY=abc; python t.py"])
        .hasPrefix("bash -c export WANDB_API_KEY=***"))
  }

  @Test func `any bytes are gone through`() {
    for text in [
      "", "=", ":", "--", "--token", "--token ", "--token=", "://", "://@", "a://b@", "\"",
      "'key'='",
    ] {
      _ = Secrets.masked(text)
      _ = Secrets.masked(words: [text])
    }
    #expect(Secrets.masked("/a/very/long/path/to/mysql") == "/a/very/long/path/to/mysql")
    let long = String(repeating: "api_key=", count: 20_000)
    #expect(Secrets.masked(long).utf8.count <= long.utf8.count + 3)
  }
}
