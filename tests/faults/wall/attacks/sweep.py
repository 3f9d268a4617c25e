"""Every system call that is not on the list, whatever it does."""

from tests.faults.wall.attack import attack, syscall


@attack(behind="nothing", opened="nothing")
def make_every_other_system_call(world):
    assert len(world.others) > 200
    made = []
    for name in world.others:
        try:
            syscall(world, name)
            made.append(name)
        except OSError as error:
            if error.errno not in (1, 118):  # as the filter refuses, also one with a hole
                made.append((name, error.errno))
    return made
