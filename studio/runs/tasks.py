"""Where messages of the broker enter."""

from celery import shared_task

from studio.runs.remote import attending


@shared_task(name="lamina.carry_out", ignore_result=True)
def carry_out(ticket: str) -> None:
    attending.worker().attend(ticket)
