"""What bench/compare and bench/scale share: whole programs run in turns, measured by bench/measure.c."""
import dataclasses
import os
import shutil
import statistics
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
LONG = 5  # seconds


@dataclasses.dataclass
class Runs:
    """CPU and wall time in seconds, of every run; the most memory in MB that one took."""
    cpu: list
    wall: list
    memory: float = 0

    def spread(self):
        """How far apart the middle half of the runs lies, as a share of the median."""
        if len(self.cpu) < 4:
            return (max(self.cpu) - min(self.cpu)) / statistics.median(self.cpu)
        lower, _, upper = statistics.quantiles(self.cpu, n=4)
        return (upper - lower) / statistics.median(self.cpu)


class Measure:
    """Compiles what measures into a folder, with an empty static program beside it."""

    def __init__(self, folder):
        self.program = os.path.join(folder, "measure")
        self.folder = folder
        self.empty = os.path.join(folder, "empty")
        subprocess.run(["gcc", "-static", "-O2", "-o", self.program, os.path.join(HERE, "measure.c")], check=True)
        subprocess.run(["gcc", "-static", "-O2", "-x", "c", "-", "-o", self.empty], input=b"int main(void){return 0;}", check=True)
        self.empty = self.installed(self.empty)

    def installed(self, program):
        """A copy of a program, as an installation makes one. Of what a linker has just written the system keeps small pieces in memory,
        and a run has each of them mapped by itself: a run on one file takes a third more."""
        copy = os.path.join(self.folder, f"installed {os.path.basename(program)}")
        return shutil.copy(program, copy)

    def run(self, command, folder, times):
        """The lines of bench/measure.c, as numbers."""
        printed = subprocess.run([self.program, str(times), *command], cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout
        return [[int(word) for word in line.split()] for line in printed.splitlines()]

    def in_turns(self, commands, folder, rounds, repeat):
        """Runs of each command by its name, in turns so that noise hits all alike. One that takes seconds has a single round."""
        runs = {name: Runs([], []) for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                if runs[name].wall and min(runs[name].wall) > LONG:
                    continue
                # The first is not measured: none shall pay for the memory that another has given back to the machine.
                for cpu, wall, memory in self.run(command, folder, repeat + 1)[1:]:
                    runs[name].cpu.append(cpu / 1e6)
                    runs[name].wall.append(wall / 1e6)
                    runs[name].memory = max(runs[name].memory, memory / 1024)
        return runs
