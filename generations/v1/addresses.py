"""Where we are, as the program that asks calls us."""


def origin(request):
    return f"{request.scheme}://{request.get_host()}"
