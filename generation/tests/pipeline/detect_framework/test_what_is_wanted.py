"""What people want to build with, in their own words: `cases/`."""

from generation.tests.pipeline.detect_framework.case_files import Case, in_each


@in_each("named")
def test_what_is_named_is_taken(case: Case) -> None:
    case.check()


@in_each("long_prompts")
def test_what_a_long_prompt_names_once_is_taken(case: Case) -> None:
    case.check()


@in_each("aliases")
def test_another_usual_name_is_known(case: Case) -> None:
    case.check()


@in_each("misspellings")
def test_a_name_may_be_spelt_wrong(case: Case) -> None:
    case.check()


@in_each("negation")
def test_what_is_refused_is_not_taken(case: Case) -> None:
    case.check()


@in_each("migration")
def test_a_move_goes_to_its_target(case: Case) -> None:
    case.check()


@in_each("mentions")
def test_what_is_only_spoken_of_is_not_taken(case: Case) -> None:
    case.check()


@in_each("other_meanings")
def test_a_word_in_another_sense_is_no_name(case: Case) -> None:
    case.check()


@in_each("several_at_once")
def test_the_front_end_comes_first_and_the_rest_is_told(case: Case) -> None:
    case.check()


@in_each("other_languages")
def test_prompts_come_in_many_languages(case: Case) -> None:
    case.check()


@in_each("unknown_stacks")
def test_a_stack_outside_of_the_registry_is_known_as_another(case: Case) -> None:
    case.check()


@in_each("unlisted")
def test_a_framework_without_a_slug_counts_as_its_language(case: Case) -> None:
    case.check()
