"""What code, libraries, files and the kind of thing betray where nothing is named: `cases/`."""

from generation.tests.pipeline.detect_framework.case_files import Case, in_each


@in_each("package_hints")
def test_libraries_idioms_and_file_names_betray_it(case: Case) -> None:
    case.check()


@in_each("pasted_code")
def test_pasted_code_and_tracebacks_betray_it(case: Case) -> None:
    case.check()


@in_each("manifests")
def test_a_pasted_manifest_betrays_it(case: Case) -> None:
    case.check()


@in_each("usual_choices")
def test_without_a_sign_the_usual_choice_is_taken(case: Case) -> None:
    case.check()
