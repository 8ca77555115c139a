"""Subjects: one for each identity, whoever asks and however often at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tests.registry.conftest import NOW
from tongban.kernel.errors import InvalidValue, NotFound
from tongban.kernel.transactions import whole
from tongban.registry import api as registry
from tongban.registry import models

pytestmark = pytest.mark.usefixtures("database")

NUMBER = "990121198803129020"


def test_an_invented_person_becomes_nobody_where_this_is_no_demonstration() -> None:
    with pytest.raises(InvalidValue, match="made up for demonstrations"):
        registry.subject_for("111", NUMBER, "李春燕", 3, NOW, demonstration=False)
    assert registry.subject_by_number("111", NUMBER) is None


def test_an_identity_is_one_subject_however_it_is_written() -> None:
    first = registry.subject_for("111", NUMBER, "李春燕", 2, NOW, demonstration=True)
    assert (
        registry.subject_for("111", f" {NUMBER} ", "李春燕", 2, NOW + timedelta(days=1), demonstration=True)
        == first
    )
    assert (first.kind, first.identity_type, first.number) == ("person", "111", NUMBER)
    assert registry.subject(first.id) == first
    assert registry.subject_by_number("111", NUMBER) == first


def test_an_entity_is_a_subject_of_its_own_kind() -> None:
    office = registry.subject_for("001", "11990121310121000D", "县局", 3, NOW, demonstration=False)
    assert office.kind == "entity"


def test_a_number_that_does_not_check_makes_no_subject() -> None:
    with pytest.raises(InvalidValue):
        registry.subject_for("111", NUMBER[:-1] + "1", "李春燕", 2, NOW, demonstration=True)
    assert not models.Subject.objects.exists()


def test_a_name_typed_by_another_never_replaces_the_providers() -> None:
    registry.subject_for("111", NUMBER, "李春雁", 0, NOW, demonstration=True)
    assert registry.subject_for("111", NUMBER, "李春燕", 3, NOW, demonstration=True).name == "李春燕"
    typed = registry.subject_for("111", NUMBER, "李春艳", 0, NOW, demonstration=True)
    assert (typed.name, typed.assurance) == ("李春燕", 3)


def test_many_at_once_make_one_subject() -> None:
    barrier = Barrier(4)

    def find(_: int) -> int:
        barrier.wait()
        try:
            return registry.subject_for("111", NUMBER, "李春燕", 2, NOW, demonstration=True).id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(find, range(4)))) == 1


def test_a_subject_made_inside_an_action_goes_with_it() -> None:
    @whole
    def fails() -> None:
        registry.subject_for("111", NUMBER, "李春燕", 2, NOW, demonstration=True)
        raise LookupError

    with pytest.raises(LookupError):
        fails()
    assert registry.subject_by_number("111", NUMBER) is None


def test_several_subjects_cost_one_query() -> None:
    ids = [registry.subject_for("414", f"E1234567{n}", "某", 2, NOW, demonstration=True).id for n in range(5)]
    with CaptureQueriesContext(connection) as queries:
        found = registry.subjects(ids)
    assert set(found) == set(ids)
    assert len(queries) == 1


def test_a_subject_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        registry.subject(1)
