from jobs.printable import without_controls


def test_what_is_no_letter_becomes_a_space():
    assert without_controls("a\nb\x1b[31mc\u202ed\ud800é ü") == "a b [31mc d é ü"
