from studio.audit.models import AuditEntry
from studio.teams.models import Membership, Team
from tests.studio.cast import Person


def test_who_creates_a_team_is_its_admin(author: Person) -> None:
    done = author.do("createTeam", "team { slug }", slug="vision", title="Vision")
    assert done["team"] == {"slug": "vision"}
    answer = author.ask('{ team(slug: "vision") { viewerRoles members { user { name } } } }')
    assert "ADMIN" in answer["data"]["team"]["viewerRoles"]
    assert [member["user"]["name"] for member in answer["data"]["team"]["members"]] == ["Author"]
    assert AuditEntry.objects.get(action="create_team").object == "vision"


def test_a_taken_slug_is_a_conflict(author: Person, outsider: Person) -> None:
    done = author.do("createTeam", slug=outsider.team.slug, title="Mine")
    assert done["__typename"] == "Conflict"
    assert Team.objects.filter(slug=outsider.team.slug).count() == 1


def test_a_slug_with_capitals_is_invalid(author: Person) -> None:
    done = author.do("createTeam", slug="Vision", title="Vision")
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", "/slug")


def test_the_outsider_may_have_a_team_of_their_own_and_sees_no_other(
    outsider: Person, author: Person
) -> None:
    assert author.do("createTeam", slug="vision", title="Vision")["__typename"] == "CreateTeamDone"
    assert outsider.ask('{ team(slug: "vision") { id } }')["data"]["team"] is None
    assert Membership.objects.filter(team__slug="vision").count() == 1
