"""Where messages of the broker enter."""

from celery import shared_task

from studio.runs.remote import attending


@shared_task(name="lamina.carry_out", ignore_result=True)
def carry_out(ticket: str) -> None:
    attending.worker().attend(ticket)


@shared_task(name="lamina.hear_canary", ignore_result=True)
def hear_canary() -> None:
    attending.hear_canary()
