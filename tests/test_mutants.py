"""The judge of mutation testing: what it lets pass, and what not."""

import json

from tests.mutants import found, judge, read_listed, undecorated

CODES = {f"m.x_f__mutmut_{i}": 1 for i in range(99)} | {"m.x_f__mutmut_99": 0}


def test_a_listed_survivor_is_let_pass():
    assert judge(CODES, {"m.x_f__mutmut_99": "why"}) == (["100 mutants, 99 killed, 99.00 %; 1 survivors listed"], True)


def test_a_survivor_that_is_not_listed_is_named():
    lines, well = judge(CODES, {})
    assert not well
    assert lines[0] == "SURVIVED and is not listed: m.x_f__mutmut_99"


def test_a_mutant_that_no_test_reached_or_that_broke_pytest_is_a_survivor():
    for code in (None, 33, 2, -9):
        assert not judge({**CODES, "m.x_f__mutmut_0": code}, {"m.x_f__mutmut_99": "why"})[1]


def test_a_row_for_a_mutant_that_is_killed_is_named():
    assert judge(CODES, {"m.x_f__mutmut_99": "why", "gone": "why"})[0][0] == "listed, but no survivor: gone"


def test_too_many_survivors_fail_even_when_listed():
    few = dict(list(CODES.items())[:20]) | {"m.x_f__mutmut_99": 0}
    assert not judge(few, {"m.x_f__mutmut_99": "why"})[1]
    assert not judge({}, {})[1]


def test_results_are_read_from_the_files_that_mutmut_leaves(tmp_path):
    (tmp_path / "a.py.meta").write_text(json.dumps({"exit_code_by_key": {"dlconcepts.manual.a.x_f__mutmut_1": 0}}))
    assert found(tmp_path) == {"a.x_f__mutmut_1": 0}


def test_every_known_survivor_has_its_reason():
    assert read_listed()
    assert all(len(reason) > 10 for reason in read_listed().values())


def test_a_decorated_function_is_decorated_after_it_so_that_it_has_mutants():
    source = "import a\n\n\n@rounded_once\ndef f(x):\n    return x\n\n\ndef g(x):\n    return f(x)\n"
    assert undecorated(source) == (
        "import a\n\n\ndef f(x):\n    return x\n\n\nf = rounded_once(f)\n\n\ndef g(x):\n    return f(x)\n"
    )
