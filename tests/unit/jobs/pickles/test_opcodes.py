import pickle

import pytest

from jobs.pickles.errors import UnsafePickleError
from jobs.pickles.opcodes import DENIED_OPCODES, OpcodeTable, denied
from jobs.pickles.pickle_machine import Machine


def test_every_lookup_is_counted_and_finds_its_method():
    counted = []
    table = OpcodeTable({46: print}, lambda: counted.append(1))
    assert table[46] is print
    with pytest.raises(UnsafePickleError, match="unknown opcode 0xfe"):
        table[0xFE]
    assert len(counted) == 2


def test_a_denied_opcode_says_what_it_is():
    with pytest.raises(UnsafePickleError, match="uses the opcode INST, which no honest model does"):
        denied("the opcode INST")(None)


@pytest.mark.parametrize("opcode", DENIED_OPCODES)
def test_the_machine_has_every_denied_opcode_denied(opcode):
    with pytest.raises(UnsafePickleError, match=DENIED_OPCODES[opcode]):
        Machine.opcodes[opcode[0]](None)


def test_the_machine_leaves_python_s_own_unpickler_alone():
    assert pickle._Unpickler.dispatch[pickle.REDUCE[0]] is pickle._Unpickler.load_reduce
