"""The Python programs on the libvirt page run on the test driver and print what the page shows."""

import pytest
from pytest_examples import CodeExample, EvalExample, find_examples

from overrides.blocks.model import ROOT

PAGE = ROOT / "docs/330.5-libvirt/python.md"
EXAMPLES = list(find_examples(str(PAGE)))


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_program_prints_what_the_page_shows(example: CodeExample, eval_example: EvalExample):
    if eval_example.update_examples:
        eval_example.run_print_update(example)
    else:
        eval_example.run_print_check(example)


def test_the_page_has_programs():
    assert len(EXAMPLES) >= 4


def test_a_program_whose_shown_output_is_wrong_is_found(eval_example: EvalExample):
    if eval_example.update_examples:
        pytest.skip("nothing to compare while examples are being updated")
    example = CodeExample.create("print(1 + 1)\n#> 3\n")
    with pytest.raises(pytest.fail.Exception):
        eval_example.run_print_check(example)
