import time

from lamina import ModuleError


def run(inputs, context):
    number = inputs["number"]
    if number == 13:
        raise ModuleError("unlucky", {"number": number})
    time.sleep(context.config["pause"])
    context.log("squared", number=number)
    return {"square": number * number}
