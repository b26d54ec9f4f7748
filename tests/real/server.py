"""A PostgreSQL server for one run: made with initdb in a temporary folder as an ordinary user, on a
unix socket that nobody else can reach, and gone afterwards with all that was in it."""
import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile


def programs():
    """Folders that hold a whole server, newest version first, each as (major version, folder)."""
    folders = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin")
    folders += [os.path.dirname(os.path.realpath(shutil.which("postgres") or "/none/x"))]
    found = {}
    for folder in folders:
        postgres = os.path.join(folder, "postgres")
        if not all(os.access(os.path.join(folder, name), os.X_OK)
                   for name in ("postgres", "initdb", "psql")):
            continue
        text = subprocess.run([postgres, "--version"], capture_output=True, text=True).stdout
        found[int(text.split()[2].split(".")[0])] = folder
    return sorted(found.items(), reverse=True)


def prisma_cannot_run():
    """Why Prisma's engine cannot be run here, or an empty text: it needs Node 20, Debian 12 has 18."""
    text = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    return "" if int(text.lstrip("v").split(".")[0] or 0) >= 20 else f"its engine needs Node 20, not {text}"


class Server:
    """with Server() as server: server.psql('postgres', 'SELECT 1')"""

    def __init__(self, folder=None, settings=()):
        self.bin = folder or (programs() or [(0, None)])[0][1]
        if self.bin is None:
            raise FileNotFoundError("no PostgreSQL server is installed")
        self.settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off",
                         "autovacuum=off", "listen_addresses=", "timezone=UTC", *settings]
        self.user = None  # initdb refuses to run as root: then `nobody` does it
        if os.geteuid() == 0:
            self.user = pwd.getpwnam("nobody")

    def __enter__(self):
        self.root = tempfile.mkdtemp(prefix="migguard-pg-")
        try:
            if self.user:
                os.chown(self.root, self.user.pw_uid, self.user.pw_gid)
            data = os.path.join(self.root, "data")
            self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                     "--locale=C", "--no-sync")
            with open(os.path.join(data, "postgresql.auto.conf"), "a") as conf:
                for setting in self.settings + [f"unix_socket_directories={self.root}"]:
                    name, value = setting.split("=", 1)
                    conf.write(f"{name} = '{value}'\n")
            self.log = open(os.path.join(self.root, "log"), "w")
            self.process = subprocess.Popen([os.path.join(self.bin, "postgres"), "-D", data],
                                            stdout=self.log, stderr=self.log, **self.as_user())
            for _ in range(300):
                if self.psql("postgres", "SELECT 1").returncode == 0:
                    break
                if self.process.poll() is not None:
                    raise RuntimeError(open(os.path.join(self.root, "log")).read())
                subprocess.run(["sleep", "0.1"])
            self.version = self.psql("postgres", "SHOW server_version").stdout.strip()
            self.major = int(self.version.split(".")[0])
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        process = getattr(self, "process", None)
        if process and process.poll() is None:
            process.send_signal(2)  # fast shutdown
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def as_user(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [],
                "cwd": "/"}

    def run(self, program, *arguments):
        done = subprocess.run([os.path.join(self.bin, program), *arguments], capture_output=True,
                              text=True, **self.as_user())
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr}")

    def psql(self, database, script, stop=True):
        """Runs a script on standard input, every statement a transaction of its own. Without
        `stop` the statements after a failed one run, too."""
        command = [os.path.join(self.bin, "psql"), "-h", self.root, "-U", "postgres", "-d", database,
                   "-qAtX", "-v", "VERBOSITY=verbose", "-v", f"ON_ERROR_STOP={1 if stop else 0}"]
        return subprocess.run(command, input=script, capture_output=True, text=True,
                              env={**os.environ, "PGCLIENTENCODING": "UTF8"})


def require():
    """The newest installed server's folder, or the reason why there is none on standard output and
    the end of the program."""
    found = programs()
    if not found:
        print("skip a real server: PostgreSQL is not installed")
        sys.exit(0)
    return found[0][1]
